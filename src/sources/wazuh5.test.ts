import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { IndexerWatch } from "../../test/fixtures/indexer-watch.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { describeWithSharedData } from "../../test/shared-data.ts";
import { fieldOf } from "../core/fields.ts";
import { alertFromWazuh4, factsOf } from "./wazuh4.ts";
import { alertOfFinding } from "./wazuh5.ts";

const FINDING = {
  "@timestamp": "2026-11-23T12:00:00.250Z",
  event: { action: "login", module: "logcollector", original: "Failed password for eve", outcome: "failure" },
  log: { file: { path: "/var/log/auth.log" } },
  rule: { name: "vendor rule", id: "77", description: "the vendor's own words" },
  agent: { id: "beat-7", name: "shipper" },
  source: { ip: "198.51.100.7", port: 2222 },
  user: { name: "eve" },
  wazuh: {
    agent: { id: "003", name: "db-01", host: { ip: ["192.0.2.3", "192.0.2.4"] }, groups: ["linux"] },
    cluster: { name: "wazuh", node: "worker-1" },
    integration: { name: "sshd", category: "access", decoders: ["sshd", "syslog"] },
    rule: {
      id: "5d3c0c5e-7d4c-4a2b-9c55-2f4f7c1a6b01",
      title: "Failed login",
      level: "high",
      tags: ["authentication_failed"],
      mitre: {
        tactic: { id: ["TA0006"], name: ["Credential Access"] },
        technique: { id: ["T1110"], name: ["Brute Force"] },
        subtechnique: { id: ["T1110.001"], name: ["Password Guessing"] },
      },
      compliance: { pci_dss: ["10.2.4"] },
    },
  },
};

function read(finding: object, id = "doc-1") {
  const mapped = alertOfFinding(finding as never, id);
  const line = alertFromWazuh4(JSON.stringify(mapped), noon);
  if (line.kind !== "alert") throw new Error(line.why);
  return line.alert;
}

describe("a finding of Wazuh 5", () => {
  it("has Wazuh 4's names, for policies and for people", () => {
    const alert = read(FINDING);

    expect(alert).toMatchObject({
      identity: {
        origin: "wazuh/worker-1",
        nativeId: "doc-1",
        stamp: "2026-11-23T12:00:00.250Z",
        ruleId: "5d3c0c5e-7d4c-4a2b-9c55-2f4f7c1a6b01",
      },
      at: Date.parse("2026-11-23T12:00:00.250Z"),
      level: 12,
      title: "Failed login",
      agentId: "003",
      agentName: "db-01",
    });
    const fields = [
      "rule.groups",
      "data.srcip",
      "data.srcport",
      "data.dstuser",
      "full_log",
      "location",
      "rule.pci_dss",
    ];
    expect(fields.map((path) => fieldOf(alert, path))).toEqual([
      ["sshd", "access", "authentication_failed"],
      "198.51.100.7",
      "2222",
      "eve",
      "Failed password for eve",
      "/var/log/auth.log",
      ["10.2.4"],
    ]);
    expect(factsOf(alert)).toMatchObject({
      agentIp: "192.0.2.3",
      sourceIp: "198.51.100.7",
      user: "eve",
      log: "Failed password for eve",
      mitre: [
        { id: "T1110", technique: "Brute Force" },
        { id: "T1110.001", technique: "Password Guessing" },
      ],
    });
  });

  it("keeps everything under its own name for raw.<path>", () => {
    const alert = read(FINDING);

    const paths = ["raw.wazuh.rule.level", "raw.event.outcome", "raw.source.port", "raw.rule.name"];
    expect(paths.map((path) => fieldOf(alert, path))).toEqual(["high", "failure", "2222", "vendor rule"]);
  });

  it.each([
    ["informational", 3],
    ["low", 5],
    ["medium", 7],
    ["High", 12],
    ["critical", 15],
    ["unheard-of", 0],
  ])("of level %s is of level %i", (word, level) => {
    expect(read({ ...FINDING, wazuh: { rule: { id: "1", level: word } } }).level).toBe(level);
  });

  it("who does something to somebody else is the source, and the other the target", () => {
    const alert = read({ ...FINDING, user: { name: "alice", target: { name: "bob" } } });

    expect([fieldOf(alert, "data.srcuser"), fieldOf(alert, "data.dstuser")]).toEqual(["alice", "bob"]);
  });

  it("has no agent where Wazuh names none, whatever collected it", () => {
    expect(read({ ...FINDING, wazuh: { rule: { id: "1" } } })).toMatchObject({ agentId: null, agentName: null });
  });

  it.each([
    ["nothing of Wazuh's", {}],
    ["a Wazuh that is text", { wazuh: "5" }],
    ["a rule that is a list", { wazuh: { rule: [] } }],
  ])("is none with %s", (_, document) => {
    expect(alertOfFinding(document, "doc-1")).toBeNull();
  });
});

test("findings are read like alerts, said to be experimental, and what is none goes to the quarantine", async () => {
  const watch = new IndexerWatch({ wazuh: 5 });
  const stream = ".ds-wazuh-findings-v5-access-000001";
  watch.fake.createIndex(stream);
  watch.start();
  // One in the very same millisecond.
  for (const id of ["a", "b"])
    watch.fake.put(
      "wazuh-findings-v5-access",
      { ...FINDING, "@timestamp": new Date(noon + 9).toISOString() },
      noon,
      id,
    );
  watch.fake.put("wazuh-findings-v5-access", { "@timestamp": new Date(noon + 10).toISOString() }, noon);
  await watch.clock.advance(60_000);

  expect(watch.kept).toEqual(["a", "b"]);
  expect(watch.stretches.reduce((sum, { malformed }) => sum + malformed, 0)).toBe(1);
  expect(watch.events[0]).toEqual({ kind: "experimental" });
});

describeWithSharedData("sample findings", (fileNamed) => {
  it("all become alerts with rule, level, agent and time", () => {
    const lines = readFileSync(fileNamed("findings-v5-dashboard-5.0.0-beta4.jsonl"), "utf8")
      .split("\n")
      .filter(Boolean);
    const alerts = lines.map((line, i) => read(JSON.parse(line) as object, `doc-${i}`));

    expect(alerts).toHaveLength(419);
    expect(new Set(alerts.map(({ level }) => level))).toEqual(new Set([3, 5, 7, 12, 15]));
    expect(
      alerts.every(({ agentId, at, ruleId, title }) => agentId !== null && at > 0 && ruleId !== "" && title !== ""),
    ).toBe(true);
    expect(alerts.every((alert) => factsOf(alert).log !== null && fieldOf(alert, "rule.groups")?.length !== 0)).toBe(
      true,
    );
  });
});
