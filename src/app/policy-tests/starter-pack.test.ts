// What the starter pack makes of alerts is written in tests that are shipped with it; here they are run.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeWithSharedData } from "../../../test/shared-data.ts";
import { packNamed } from "../../config/packs.ts";
import { readConfig } from "../read-config.ts";
import { compileCondition } from "../../core/match.ts";
import { re2 } from "../../ports/regex.ts";
import { replay } from "../replay/replay.ts";
import { runPolicyTests } from "./run.ts";

const folder = fileURLToPath(new URL("../../../packs/starter/", import.meta.url));
const files = readdirSync(`${folder}tests`).filter((name) => name.endsWith(".test.yaml"));

test.each(files)("the starter pack does what %s says", async (name) => {
  const report = await runPolicyTests(`${folder}tests/${name}`, null, new AbortController().signal);

  expect(report.errors).toEqual([]);
  expect(report.configErrors).toEqual([]);
  expect(report.tests.filter(({ differences }) => differences.length > 0)).toEqual([]);
  expect(report.tests.length).toBeGreaterThan(0);
});

test("every policy of the starter pack opens an incident in one of its tests", () => {
  const tests = files.map((name) => readFileSync(`${folder}tests/${name}`, "utf8")).join("\n");

  expect(packNamed("starter").flatMap(({ name }) => (tests.includes(`policy: ${name},`) ? [] : [name]))).toEqual([]);
});

function packConfig() {
  const read = readConfig(`${folder}riposte.yaml`);
  if (read.kind !== "loaded") throw new Error("the config of the pack's tests is wrong");
  return read.config;
}

describeWithSharedData("the starter pack over sample alerts", (fileNamed) => {
  test("takes the attacks, the lost agent and the password guess among them", async () => {
    const report = await replay({
      config: packConfig(),
      named: [fileNamed("alerts-synthetic-scenarios.jsonl")],
      fromAt: null,
      toAt: null,
      progress: () => {},
      signal: new AbortController().signal,
    });

    if (report.kind === "failed") throw new Error(report.says);
    const taken = Object.fromEntries(report.policies.map(({ name, alerts }) => [name, alerts]));
    expect(taken).toMatchObject({ "brute-force": 2, "brute-force-account": 1, malware: 0 });
    expect(taken["agent-lost"]).toBeGreaterThan(2);
  });

  test("names rules at the levels that Wazuh's own tests give them", () => {
    const lines = readFileSync(fileNamed("rawlogs-ruleset-tests-4.14.7.jsonl"), "utf8").trim().split("\n");
    const levels = new Map(
      lines.map((line) => {
        const { rule, level } = JSON.parse(line) as { rule: string; level: number };
        return [rule, level];
      }),
    );
    const policies = packConfig().policies.filter(({ terms }) => terms.name !== "rest");
    const named = [...levels].filter(([id]) =>
      policies.some(({ when }) => compileCondition(when, re2)({ document: { rule: { id } } })),
    );

    expect(Object.fromEntries(named)).toMatchObject({ "2502": 10, "63103": 5, "63104": 5 });
    // Nothing that Wazuh's own tests raise by the dozen in a healthy day.
    expect(named.filter(([, level]) => level < 5)).toEqual([]);
  });
});
