import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatConfigError } from "../../config/problem.ts";
import { runPolicyTests, type TestFileReport } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "riposte-policy-tests-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, "riposte.yaml"),
  `wazuh: { alerts: /a/alerts.json }
destinations:
  chat: { type: slack, webhook: { file: /etc/riposte/slack } }
  siem: { type: webhook, url: "https://siem.example/in", unsigned: true }
policies:
  - { name: ssh, when: { rule.id: 5763 }, group_by: [data.srcip], tell: [chat, siem], resolve_after: 1h }
`,
);

async function run(tests: string): Promise<TestFileReport> {
  const path = join(folder, "ssh.test.yaml");
  writeFileSync(path, tests);
  return runPolicyTests(path, join(folder, "riposte.yaml"), new AbortController().signal);
}

const GIVEN =
  "given: [{ at: 0s, alert: { rule.id: 5763, rule.level: 10, data.srcip: 203.0.113.7 }, repeat: 3 every 10s }]";

function shown({ tests }: TestFileReport): readonly string[] {
  return tests.flatMap(({ differences }) =>
    differences.flatMap(({ what, lines }) => [
      `${what}:`,
      ...lines.map(({ sign, text, times, line }) => `${sign} ${text} x${times} ${line ?? ""}`.trimEnd()),
    ]),
  );
}

test("what differs is shown beside what does not, in the words of a test", async () => {
  const report = await run(`tests:
  - name: a
    ${GIVEN}
    expect:
      incidents:
        - { policy: ssh, group: { data.srcip: 203.0.113.7 }, count: 4 }
      told:
        - { to: siem, says: opened, at: 0s }
        - { to: chat, says: resolved }
`);

  expect(shown(report)).toEqual([
    "incidents:",
    '- { policy: ssh, group: { data.srcip: "203.0.113.7" }, count: 4 } x1 6',
    '+ { policy: ssh, group: { data.srcip: "203.0.113.7" }, state: open, count: 3 } x1',
    "told:",
    "  { to: siem, says: opened, at: 0s } x1 8",
    "- { to: chat, says: resolved } x1 9",
    "+ { to: chat, policy: ssh, severity: medium, says: opened, at: 0s } x1",
  ]);
});

test("one that says little does not take the place of one that says more", async () => {
  const report = await run(`tests:
  - name: a
    given:
      - { alert: { rule.id: 5763, rule.level: 10, data.srcip: "{{ n }}" }, repeat: 2 every 1s }
    expect:
      incidents: [{ policy: ssh }, { policy: ssh, group: { data.srcip: "1" } }]
`);

  expect(shown(report)).toEqual([]);
});

test("each look sees what was told since the one before, and timers fire in between", async () => {
  const report = await run(`tests:
  - name: a
    ${GIVEN}
    expect:
      - { at: 1m, told: [{ to: chat, says: opened }, { to: siem, says: opened }] }
      - { at: 59m, told: [] }
      - { at: 2h, incidents: [{ policy: ssh, state: resolved }], told: [{ to: chat, says: resolved, at: 1h20s }, { to: siem, says: resolved }] }
`);

  expect(shown(report)).toEqual([]);
});

test("alerts come from a file beside the tests as well, moved to when they are given", async () => {
  const line = (stamp: string): string =>
    JSON.stringify({ timestamp: stamp, rule: { level: 10, id: "5763" }, id: "1.1", data: { srcip: "a" } });
  writeFileSync(
    join(folder, "two.jsonl"),
    `${line("2024-03-04T08:00:00.000+0100")}\n${line("2024-03-04T08:05:00.000+0100")}\n`,
  );

  const report = await run(`tests:
  - name: a
    given: [{ at: 10m, from: two.jsonl }]
    expect:
      - { at: 14m, incidents: [{ policy: ssh, count: 1 }] }
      - { at: 16m, incidents: [{ policy: ssh, count: 2 }] }
`);

  expect(shown(report)).toEqual([]);
});

test.each([
  ["a file that is not there", "from: gone.jsonl", "gone.jsonl: there is no such file beside this one"],
  [
    "a file that holds no alerts",
    "from: riposte.yaml",
    "riposte.yaml:1 is no alert. Each line holds one, as alerts.json does",
  ],
])("%s is told where it is given", async (_name, given, says) => {
  const report = await run(`tests: [{ name: a, given: [{ ${given} }], expect: nothing }]`);

  expect(report.errors.map(formatConfigError)).toEqual([`${join(folder, "ssh.test.yaml")}:1:28 ${says}`]);
});

test("a policy or a destination that the config does not have is a mistake, and not one that is never told", async () => {
  const report = await run(`tests:
  - name: a
    ${GIVEN}
    expect: { told: [{ to: chta }], incidents: [{ policy: shh }] }
`);

  expect(report.errors.map(({ line, says }) => `${line} ${says}`)).toEqual([
    "4 the config has no policy shh",
    "4 the config has no destination chta",
  ]);
});

test("a test is not run under a config that is wrong", async () => {
  writeFileSync(join(folder, "bad.yaml"), "policies: []\n");

  const report = await run("config: bad.yaml\ntests: [{ name: a, given: [{ from: x }], expect: nothing }]");

  expect(report.tests).toEqual([]);
  expect(report.configErrors.join("\n")).toContain("bad.yaml:1:1 wazuh: is missing");
});
