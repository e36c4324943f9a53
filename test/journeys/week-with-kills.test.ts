import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DAY_MS } from "../../src/core/time.ts";
import { spreadOver, weekOfAlerts, type WrittenLine } from "../fixtures/week-of-alerts.ts";
import { runWeek, type WeekEnd } from "../fixtures/week-run.ts";
import { describeWithSharedData } from "../shared-data.ts";

/** Two weeks take some seconds, and many times that where others use the machine. */
const LONG = { timeout: 240_000 };

/** What only one of the two has. */
function diff(one: readonly string[], other: readonly string[]): readonly string[] {
  const [here, there] = [new Set(one), new Set(other)];
  return [
    ...one.filter((line) => !there.has(line)).map((line) => `- ${line}`),
    ...other.filter((line) => !here.has(line)).map((line) => `+ ${line}`),
  ];
}

async function straightAndKilled(lines: readonly WrittenLine[], kills: number): Promise<WeekEnd> {
  const straight = await runWeek(lines, 0);
  const killed = await runWeek(lines, kills);

  expect([straight.deaths, killed.deaths]).toEqual([0, kills]);
  expect(killed.read).toBe(straight.read);
  expect(straight.endings).toHaveLength(straight.kept);
  expect(diff(straight.endings, killed.endings).slice(0, 20)).toEqual([]);
  expect(diff(straight.incidents, killed.incidents).slice(0, 20)).toEqual([]);
  return straight;
}

test("a week with fifty kills ends every alert and every incident as the same week without one", LONG, async () => {
  const { kept, calls, endings } = await straightAndKilled(weekOfAlerts(1), 50);

  expect(kept).toBeGreaterThan(3_000);
  expect(calls).toBeGreaterThan(500);
  const words = "opened joined reopened cleared nothing_to_clear ledger_only in_window sequence_not_met".split(" ");
  words.push(..."value_learned value_known expected window_key_missing window_too_late window_refused".split(" "));
  expect(words.filter((word) => !endings.some((ending) => ending.includes(word)))).toEqual([]);
});

describeWithSharedData("sample alerts of Wazuh's own, spread over a day", (fileNamed) => {
  test("end the same with twenty kills", LONG, async () => {
    const names = [
      "alerts-generated-dashboard-4.14.7.jsonl",
      "alerts-synthetic-scenarios.jsonl",
      "alerts-invalid-lines.txt",
    ];
    const lines = names.flatMap((name) => readFileSync(fileNamed(name), "utf8").split("\n").filter(Boolean));

    const { kept } = await straightAndKilled(spreadOver(DAY_MS, lines), 20);

    expect(kept).toBeGreaterThan(100);
  });
});
