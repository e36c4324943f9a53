import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCliRig, type CliRig } from "../../test/fixtures/cli-rig.ts";
import type { PolicyTestsReport } from "./test-policies.ts";

let rig: CliRig;

beforeAll(async () => {
  rig = await openCliRig();
});
afterAll(() => rig.close());

const TESTS = `tests:
  - name: right
    given: [{ alert: { rule.id: 5763, rule.level: 10, agent.name: "\\e[2J" } }]
    expect: { told: [{ to: receiver, says: opened }] }
  - name: wrong
    given: [{ alert: { rule.id: 5763, rule.level: 10 }, repeat: 2 every 1s }]
    expect:
      incidents: [{ policy: ssh, count: 3 }]
`;

test("a folder of tests is run, and what differs has its line and is exit code 1", async () => {
  rig.writeConfig();
  mkdirSync(join(rig.directory, "tests"));
  writeFileSync(join(rig.directory, "tests", "ssh.test.yaml"), TESTS);

  const { code, out, err } = await rig.riposte("test", "tests");
  const json = await rig.riposte("test", "tests", "--json");

  expect({ code, err }).toEqual({ code: 1, err: "riposte: 1 test of 2 failed\n" });
  expect(out.split("\n")).toEqual([
    "ok   right",
    "FAIL tests/ssh.test.yaml:5 wrong",
    "     tests/ssh.test.yaml:8 at 1m1s, incidents:",
    "       - { policy: ssh, count: 3 }   tests/ssh.test.yaml:8",
    "       + { policy: ssh, state: open, count: 2 }",
    "1 passed, 1 failed",
    "",
  ]);
  expect(JSON.parse(json.out) as PolicyTestsReport).toMatchObject({ passed: 1, failed: 1 });
});

test("a file that is no test is 65, and the others are run all the same", async () => {
  writeFileSync(join(rig.directory, "tests", "typo.test.yaml"), "tetss: []\n");

  const { code, out } = await rig.riposte("test", "tests", "--config", rig.writeConfig());

  expect(code).toBe(65);
  expect(out).toContain("tests/typo.test.yaml:1:1 tetss: unknown key. Did you mean tests?");
  expect(out).toContain("1 passed, 1 failed\n");
});

test("check lists what the pack adds and warns of a policy that is never asked; with --strict that is 78", async () => {
  const path = join(rig.directory, "pack.yaml");
  const chat = "{ chat: { type: slack, webhook: { file: /etc/riposte/slack } } }";
  const policies = "[{ name: mine, when: { rule.level: '>= 10' } }]";
  const use = "[{ starter: { skip: [rootcheck] } }]";
  writeFileSync(path, `wazuh: { alerts: /a/alerts.json }\ndestinations: ${chat}\npolicies: ${policies}\nuse: ${use}\n`);

  const plain = await rig.riposte("check", path);
  const strict = await rig.riposte("check", path, "--strict");

  expect(plain.code).toBe(0);
  expect(plain.out).toMatch(/the starter pack adds \d+ policies: agent-lost, /);
  expect(plain.out).toContain("(left out: rootcheck)");
  expect(plain.out).toContain(`${path}:4:7 use[0]: of this pack rest is never asked: mine takes all that it would.`);
  expect({ code: strict.code, err: strict.err }).toEqual({
    code: 78,
    err: `riposte: 1 warning in ${path}, and --strict\n`,
  });
});
