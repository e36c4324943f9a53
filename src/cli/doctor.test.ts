import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeJira, usualEmail, usualTokenText } from "../../test/fakes/jira/jira.ts";
import { serveVendor, type ServedVendor } from "../../test/fakes/serve.ts";
import { openCliRig, type CliRig, type Ended } from "../../test/fixtures/cli-rig.ts";
import { openWazuhApiRig } from "../../test/fixtures/wazuh-api-rig.ts";
import { usualPassword, usualUser } from "../../test/fakes/wazuh-api/wazuh-api.ts";

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

test("riposte doctor wazuh looks at login, clock, permissions and agents, and shows no secret", async () => {
  const api = await openWazuhApiRig();
  api.fake.add("007", "db-01", Date.now());
  api.fake.lose("007", Date.now());
  const path = join(rig.directory, "wazuh.yaml");
  const config = (user: string): string => `store: sqlite:${rig.directory}/riposte.db
wazuh:
  alerts: ${rig.directory}/alerts/alerts.json
  api: { url: "${api.served.url}", user: ${user}, password: { env: WAZUH }, fingerprint: "${api.fingerprint}" }
policies: [{ name: all, when: { rule.level: ">= 3" }, tell: [] }]
`;
  const ask = () => rig.start(["doctor", "wazuh", "--config", path], "", { WAZUH: usualPassword }).ended;

  writeFileSync(path, config(usualUser));
  const well = await ask();
  expect({ code: well.code, err: well.err }).toEqual({ code: 0, err: "" });
  expect(well.out).toMatch(/^wazuh\.api +OK +login +Wazuh API 4\.14\.7$/m);
  expect(well.out).toMatch(/^wazuh\.api +OK +permissions +agent:read on all agents$/m);
  expect(well.out).toMatch(/^wazuh\.api +OK +agents +1 is disconnected now$/m);
  expect(well.out).toMatch(/^wazuh\.api +OK +nodes +the manager runs without a cluster$/m);

  api.fake.mayReadAgents = false;
  api.fake.mayReadCluster = false;
  const lacking = await ask();
  expect(lacking).toMatchObject({ code: 69, err: "riposte: 2 things to mend\n" });
  expect(lacking.out).toMatch(/FAIL +permissions +agent:read is missing: give the user a role/);

  expect(lacking.out).toMatch(/LOOK +nodes +.*cluster:read/);

  writeFileSync(path, config("somebody-else"));
  const refused = await ask();
  expect(refused.code).toBe(69);
  expect(refused.out).toMatch(/FAIL +login +the Wazuh API at .* does not take the login/);
  expect(well.out + lacking.out + refused.out).not.toContain(usualPassword);
});
