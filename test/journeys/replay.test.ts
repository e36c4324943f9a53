import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ReplayReport } from "../../src/app/replay/report.ts";
import { openCliRig, type CliRig } from "../fixtures/cli-rig.ts";
import { describeWithSharedData } from "../shared-data.ts";

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 8, 29);
const MONTHS = ["Sep", "Oct"];

let rig: CliRig;

beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

test("replaying days of packed files says what a config would have made of them, and leaves nothing behind", async () => {
  const config = rig.writeConfig();
  const logs = writeDays(join(rig.directory, "logs"), 4, 10_000);
  const temporary = join(rig.directory, "tmp");
  mkdirSync(temporary);
  const env = { TMPDIR: temporary };

  const asText = await rig.start(["replay", "--config", config, logs], "", env).ended;
  const asJson = await rig.start(["replay", "--config", config, "--json", logs], "", env).ended;

  expect([asText.code, asText.err]).toEqual([0, ""]);
  expect(asText.out).toMatch(/^40,000 lines in 4 files /);
  expect(asText.out).toMatch(/^2026-10-01 +10,000 +100 +5 +10$/m);
  const report = JSON.parse(asJson.out) as ReplayReport;
  expect(report.lines).toMatchObject({ read: 40_000, matched: 400, ignored: 39_600, unreadable: 0, duplicate: 0 });
  expect(report.days.map(({ day, incidents }) => [day, incidents])).toEqual([
    ["2026-09-29", 5],
    ["2026-09-30", 5],
    ["2026-10-01", 5],
    ["2026-10-02", 5],
  ]);
  expect(report.rules[0]).toMatchObject({ id: "5763", alerts: 400, incidents: 20 });
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(rig.directory)).not.toContain("riposte.db");
});

test("a replay that is stopped says what it knows by then, and that it is not all", async () => {
  const config = rig.writeConfig();
  const logs = writeDays(join(rig.directory, "logs"), 1, 10_000, 10_000);
  const temporary = join(rig.directory, "tmp");
  mkdirSync(temporary);
  const running = rig.start(["replay", "--config", config, logs], "", { TMPDIR: temporary });
  await untilThereIs(temporary);
  running.child.kill("SIGINT");

  const { code, out, err } = await running.ended;

  expect(code).toBe(1);
  expect(err).toContain("stopped before the end");
  expect(out).toMatch(/^[\d,]+ lines? in /);
  expect(readdirSync(temporary)).toEqual([]);
});

test.each([
  [["nowhere.json"], 66, /nowhere\.json: there is no such file/],
  [["alerts"], 65, /alerts: empty\. Name files that hold alerts/],
  [["rubbish.json"], 65, /rubbish\.json: no line of it is an alert\. Name files as Wazuh writes them/],
  [["short.json.gz"], 65, /short\.json\.gz: is damaged or cut off/],
  [[], 2, /say what: riposte replay/],
  [["--from", "2026-10-02", "--to", "2026-10-01", "alerts"], 2, /--from must be before --to/],
  [["--from", "yesterday", "alerts"], 2, /must be a day or a time\. Example: 2026-11-20/],
  [["--from", "2026-11-20T10:00", "alerts"], 2, /has no zone\. Write 2026-11-20T10:00Z for UTC/],
])("riposte replay %j ends with exit code %i and a sentence", async (args, code, says) => {
  writeFileSync(join(rig.directory, "rubbish.json"), "\u0000\u0001\nnothing here\n");
  writeFileSync(join(rig.directory, "short.json.gz"), gzipSync("x").subarray(0, 12));

  const ended = await rig.riposte("replay", "--config", rig.writeConfig(), ...args);

  expect([ended.code, ended.out]).toEqual([code, ""]);
  expect(ended.err).toMatch(says);
});

describeWithSharedData("replay of sample alerts", (fileNamed) => {
  test("samples of all kinds are replayed in the order of their alerts", async () => {
    const config = rig.writeConfig();
    const every = "  - { name: every, when: { rule.level: '>= 0' }, tell: { low: [receiver] } }\n";
    writeFileSync(config, `${readFileSync(config, "utf8")}${every}`);
    const files = [
      "alerts-generated-dashboard-4.14.7.jsonl",
      "alerts-synthetic-scenarios.jsonl",
      "alerts-small-gpl2.jsonl",
    ];

    const ended = await rig.riposte("replay", "--json", "--config", config, ...files.map(fileNamed));

    expect(ended.code).toBe(0);
    const { lines, incidents } = JSON.parse(ended.out) as ReplayReport;
    expect(lines.read).toBe(lines.matched + lines.ignored + lines.unreadable);
    expect(lines.unreadable).toBe(0);
    expect(incidents.opened).toBeGreaterThan(100);
  });
});

/** Days of alerts as Wazuh leaves them: packed, but for the last one. Of the policy's rule are a hundred a day or `wanted`. */
function writeDays(folder: string, days: number, perDay: number, wanted = 100): string {
  for (let day = 0; day < days; day += 1) {
    const date = new Date(FIRST_DAY + day * DAY_MS);
    const name = `${date.getUTCFullYear()}/${MONTHS[date.getUTCMonth() - 8]}/ossec-alerts-${String(date.getUTCDate()).padStart(2, "0")}.json`;
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const lines = Array.from({ length: perDay }, (_, i) => line(day, i, perDay, wanted)).join("");
    if (day === days - 1) writeFileSync(path, lines);
    else writeFileSync(`${path}.gz`, gzipSync(lines));
  }
  return folder;
}

function line(day: number, i: number, perDay: number, wanted: number): string {
  const at = FIRST_DAY + day * DAY_MS + Math.floor((i * DAY_MS) / perDay);
  const isWanted = i % (perDay / wanted) === 0;
  const agent = `${day}${Math.floor(i / (perDay / 5))}`;
  return `${JSON.stringify({
    timestamp: new Date(at).toISOString().replace("Z", "+0000"),
    rule: {
      level: isWanted ? 10 : 3,
      description: "sshd: brute force",
      id: isWanted ? "5763" : "5501",
      groups: ["sshd"],
    },
    agent: { id: agent, name: `web-${agent}` },
    manager: { name: "m" },
    id: `${Math.floor(at / 1_000)}.${i}`,
    full_log: "x",
  })}\n`;
}

async function untilThereIs(folder: string): Promise<void> {
  while (readdirSync(folder).length === 0) await new Promise((resolve) => setImmediate(resolve));
}
