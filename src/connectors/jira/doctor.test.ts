import { describe, expect, test } from "vitest";
import { classicWorkflow } from "../../../test/fakes/jira/workflow.ts";
import { usualFields } from "../../../test/fakes/jira/project.ts";
import { jiraRigs, type JiraRig, type RigOptions } from "../../../test/fixtures/jira-rig.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { JiraConfig } from "./config.ts";
import type { Finding } from "../../core/check-up.ts";
import { examine } from "./doctor.ts";

const start = jiraRigs();

async function examined(rig: JiraRig, { config = {}, deployment = "Cloud" }: RigOptions, write = false) {
  const email = deployment === "Cloud" ? { email: "riposte@example.com" } : {};
  const whole = { url: rig.served.url, ...email, token: { env: "TOKEN" }, project: "SEC", ...config };
  return examine(JiraConfig.parse(whole), { write }, { io: rig.io, pause: () => Promise.resolve() });
}

async function run(options: RigOptions, write = false) {
  const rig = await start(options);
  return { rig, findings: await examined(rig, options, write) };
}

function saysOf(findings: readonly Finding[], check: string): string {
  const found = findings.find((finding) => finding.check === check);
  if (found === undefined) throw new Error(`nothing was said of ${check}: ${JSON.stringify(findings)}`);
  return `${found.ok ? "OK" : "FAIL"} ${found.says}`;
}

describe.each(["Cloud", "Server"] as const)("riposte doctor jira, %s", (deployment) => {
  test("finds nothing wrong where nothing is, and makes nothing", async () => {
    const config = { priority: { critical: "Highest" }, resolve: "Done", reopen: "Reopen" };
    const { rig, findings } = await run({ deployment, config });
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      "account",
      "permissions",
      "issue type",
      "required fields",
      "priorities",
      "resolve",
      "reopen",
      "clock",
      "search",
    ]);
    expect(rig.fake.issues).toEqual([]);
  });

  test.each<[string, RigOptions, string, RegExp]>([
    ["a project that is not there", { config: { project: "NOPE" } }, "project", /^FAIL there is no project NOPE/],
    [
      "a permission that lacks",
      { projects: [{ key: "SEC", permissions: ["BROWSE_PROJECTS", "CREATE_ISSUES"] }] },
      "permissions",
      /^FAIL in SEC this account may not edit tickets \(Edit issues\), comment \(Add comments\)/,
    ],
    [
      "an issue type that is not there",
      { config: { issue_type: "Epos" } },
      "issue type",
      /^FAIL SEC has no issue type Epos: set `issue_type` to one of Task, Bug, Incident$/,
    ],
    [
      "a required field",
      { projects: [{ key: "SEC", issueTypes: [{ id: "1", name: "Task", fields: [...usualFields, impact] }] }] },
      "required fields",
      /^FAIL .*Impact \(customfield_10010\): write `fields: \{ "Impact": "small" \}`/,
    ],
    [
      "a value that a field does not have",
      {
        config: { fields: { Impact: "cosmic" } },
        projects: [{ key: "SEC", issueTypes: [{ id: "1", name: "Task", fields: [...usualFields, impact] }] }],
      },
      "field Impact",
      /^FAIL Impact: no such value; there are small/,
    ],
    [
      "a field that is not there",
      { config: { fields: { Colour: "blue" } } },
      "field Colour",
      /^FAIL Colour: no such field/,
    ],
    [
      "a priority that is not there",
      { config: { priority: { high: "Urgent" } } },
      "priorities",
      /^FAIL no priority Urgent; there are Highest, High/,
    ],
  ])("%s", async (_, options, check, says) => {
    const { findings } = await run({ deployment, ...options });
    expect(saysOf(findings, check)).toMatch(says);
  });

  test("a transition, and a resolution, that tickets do not have", async () => {
    const config = { resolve: { transition: "Resolve Issue", resolution: "Finished" }, reopen: "Wake" };
    const options = { deployment, config, projects: [{ key: "SEC", workflow: classicWorkflow }] };
    const rig = await start({ ...options, indexLagMs: 0 });
    rig.fake.createByPerson("SEC", { summary: "open" }, Date.now());
    rig.fake.closeByPerson(rig.fake.createByPerson("SEC", { summary: "closed" }, Date.now()).key, "Done", Date.now());
    const findings = await examined(rig, options);
    expect(saysOf(findings, "resolve")).toMatch(/^FAIL no resolution Finished; there are Done, /);
    expect(saysOf(findings, "reopen")).toMatch(
      /^FAIL no transition Wake; there are .*Reopen Issue: see `reopen.transition`/,
    );
  });

  test("a token that is worth nothing", async () => {
    const rig = await start({ deployment, loginHabit: "anonymous" });
    rig.fake.tokens.length = 0;
    const findings = await examined(rig, { deployment });
    expect(findings).toHaveLength(1);
    expect(saysOf(findings, "account")).toMatch(/^FAIL .*it may have expired/);
  });

  test("with --write a ticket goes through its whole life and away", async () => {
    const config = { resolve: "Done", reopen: "Reopen", fields: { Environment: "{{ agent.name }}" } };
    const { rig, findings } = await run({ deployment, config, indexLagMs: 0 }, true);
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.map(({ check }) => check).slice(-11)).toEqual([
      "test ticket: create",
      "test ticket: attach",
      "test ticket: look",
      "search lag",
      "test ticket: edit",
      "test ticket: resolve",
      "test ticket: comment",
      "test ticket: edit",
      "test ticket: reopen",
      "test ticket: comment",
      "test ticket: delete",
    ]);
    const [issue, ...others] = rig.fake.issues;
    expect(others).toEqual([]);
    expect(issue?.summary).toContain("it may be deleted");
    expect(issue?.deletedAt).not.toBeNull();
  });

  test("a test ticket that may not be deleted is named", async () => {
    const permissions = ["BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS"] as const;
    const { findings, rig } = await run({ deployment, projects: [{ key: "SEC", permissions }], indexLagMs: 0 }, true);
    expect(saysOf(findings, "test ticket: delete")).toContain(`${rig.served.url}/browse/SEC-1 is still there`);
  });
});

test("how late the search is shows on the newest ticket that it does not know", async () => {
  const rig = await start({ indexLagMs: HOUR_MS });
  rig.fake.createByPerson("SEC", { summary: "known" }, Date.now() - 2 * HOUR_MS);
  rig.fake.createByPerson("SEC", { summary: "unknown" }, Date.now() - 20 * MINUTE_MS);
  expect(saysOf(await examined(rig, {}), "search")).toBe(
    "OK it is 20 min late at least: it does not know SEC-2 yet. Riposte reads lost tickets by their keys",
  );
});

test("a clock that is off is said, with what it is off by", async () => {
  const rig = await start();
  const behind = { now: () => Date.now() - 7 * MINUTE_MS };
  const config = JiraConfig.parse({
    url: rig.served.url,
    email: "riposte@example.com",
    token: { env: "TOKEN" },
    project: "SEC",
  });
  const io = () => rig.io({ clock: behind, now: behind.now() });
  const findings = await examine(config, { write: false }, { io, pause: () => Promise.resolve() });
  expect(saysOf(findings, "clock")).toMatch(
    /^FAIL this machine's clock is 7 min behind Jira's: set it right, best by NTP/,
  );
});

const impact = {
  id: "customfield_10010",
  name: "Impact",
  type: "option" as const,
  required: true,
  allowed: [{ id: "1", value: "small" }],
};
