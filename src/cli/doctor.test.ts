import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeJira, usualEmail, usualTokenText } from "../../test/fakes/jira/jira.ts";
import { serveVendor, type ServedVendor } from "../../test/fakes/serve.ts";
import { openCliRig, type CliRig, type Ended } from "../../test/fixtures/cli-rig.ts";

let rig: CliRig;
let fake: FakeJira;
let served: ServedVendor;
beforeEach(async () => {
  rig = await openCliRig();
  fake = new FakeJira({ deployment: "Cloud", projects: [{ key: "SEC" }], indexLagMs: 0 });
  served = await serveVendor(fake);
});
afterEach(async () => {
  await served.close();
  await rig.close();
});

function configFor(lines: readonly string[] = []): string {
  const path = join(rig.directory, "jira.yaml");
  const all = [
    "type: jira",
    `url: ${served.url}`,
    `email: ${usualEmail}`,
    "token: { env: JIRA }",
    "project: SEC",
    ...lines,
  ];
  writeFileSync(
    path,
    `store: sqlite:${rig.directory}/riposte.db
wazuh: { alerts: ${rig.directory}/alerts/alerts.json }
policies: [{ name: all, when: { rule.level: ">= 3" }, tell: [soc] }]
destinations:
  soc:
${all.map((line) => `    ${line}\n`).join("")}`,
  );
  return path;
}

function doctor(...args: string[]): Promise<Ended> {
  return rig.start(["doctor", "jira", ...args], "", { JIRA: usualTokenText }).ended;
}

test("riposte doctor jira lists what was looked at, each line OK, and makes nothing", async () => {
  const { code, out, err } = await doctor("--config", configFor());

  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^soc +OK +account +Jira Cloud as Riposte$/m);
  expect(out).toMatch(/^soc +OK +clock +this machine's clock is less than a second/m);
  expect(out).not.toContain("FAIL");
  expect(out).not.toContain(usualTokenText);
  expect(fake.issues).toEqual([]);
});

test("what is to be mended is FAIL with what to do, and the exit code says so", async () => {
  const { code, out, err } = await doctor("soc", "--config", configFor(["issue_type: Epos"]));

  expect({ code, err }).toEqual({ code: 69, err: "riposte: 1 thing to mend\n" });
  expect(out).toMatch(/^soc +FAIL +issue type +SEC has no issue type Epos: set `issue_type` to one of Task, Bug/m);
});

test("riposte doctor jira --write takes a ticket through its life; --json has it for machines", async () => {
  const { code, out } = await doctor("--write", "--json", "--config", configFor(["resolve: Done"]));

  expect(code).toBe(0);
  const [report] = JSON.parse(out) as readonly { readonly findings: readonly { readonly check: string }[] }[];
  expect(report?.findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(["test ticket: create", "test ticket: resolve", "test ticket: delete"]),
  );
  expect(fake.issues.map(({ deletedAt }) => deletedAt !== null)).toEqual([true]);
});

test("a destination of another name or kind is not there to be examined", async () => {
  expect(await doctor("chat", "--config", configFor())).toMatchObject({
    code: 1,
    err: "riposte: the config has no destination chat of type jira\n",
  });
});

test("riposte check --online says in one line what a destination of type jira lacks", async () => {
  const config = configFor(["fields: { Colour: blue }"]);
  const { code, out } = await rig.start(["check", "--online", config], "", { JIRA: usualTokenText }).ended;

  expect(code).toBe(69);
  expect(out).toMatch(/^soc +jira +NO +Colour: no such field on the create screen of Task; see `fields`$/m);
});
