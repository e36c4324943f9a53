import { describe, expect, test } from "vitest";
import type { ProjectOptions, FieldSpec } from "../../../test/fakes/jira/project.ts";
import { usualFields } from "../../../test/fakes/jira/project.ts";
import { tooMany } from "../../../test/fakes/jira/limits.ts";
import { textAnswer } from "../../../test/fakes/vendor.ts";
import { jiraRigs, receiptAfter, type JiraRig } from "../../../test/fixtures/jira-rig.ts";
import { bruteForce, factsOf, pictureOf, withMoments } from "../../../test/fixtures/pictures.ts";
import type { Outcome } from "../../core/outcome.ts";

const start = jiraRigs();

const loginPage = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<!doctype html><title>Log in</title>",
};
const proxyPage = { status: 502, headers: { "content-type": "text/html" }, body: "<html>Bad Gateway</html>" };
const huge = {
  status: 201,
  headers: { "content-type": "application/json" },
  body: `{"id":"1","key":"SEC-1","x":"${"y".repeat(30_000_000)}"}`,
};
const half = { status: 201, headers: { "content-type": "application/json" }, body: '{"id":"10001","ke' };

describe.each(["Cloud", "Server"] as const)("an answer that is none, %s", (deployment) => {
  const known = { deployment, config: { deployment: deployment === "Cloud" ? "cloud" : "data_center" } };

  test.each([
    ["a login page", loginPage, "unknown", "unreadable_answer", /201|200 with a page instead of JSON: a login page/],
    ["a proxy's error", proxyPage, "unknown", "server_error", /502: trouble on the other side/],
    ["30 MB", huge, "unknown", "unreadable_answer", /cut off, too large, or not JSON/],
    ["half of one", half, "unknown", "unreadable_answer", /cut off, too large, or not JSON/],
  ] as const)("%s to a create leaves open whether there is a ticket", async (_, answer, kind, reason, says) => {
    const rig = await start(known);
    rig.fake.outage = { answer, done: true };
    const outcome = await rig.perform(rig.step(bruteForce(), null));
    expect(outcome).toMatchObject({ kind, reason, evidence: expect.stringMatching(says) });
    // A look that gets the same answers says nothing of the ticket, and one that gets none finds it.
    expect(await lookFor(rig)).toMatchObject({ kind: "later", scope: "destination" });
    rig.fake.outage = null;
    expect(await lookFor(rig)).toMatchObject({ kind: "found", evidence: "found SEC-1" });
    expect(rig.fake.issues).toHaveLength(1);
  });

  test.each([
    ["a login page", loginPage, "unreadable_answer"],
    ["a proxy's error", proxyPage, "server_error"],
    ["30 MB", huge, "unreadable_answer"],
    ["half of one", half, "unreadable_answer"],
  ] as const)("%s to what is only asked changes nothing", async (_, answer, reason) => {
    const rig = await start({ deployment });
    rig.fake.outage = { answer, done: true };
    expect(await rig.perform(rig.step(bruteForce(), null))).toMatchObject({
      kind: "later",
      reason,
      scope: "destination",
    });
    expect(rig.fake.issues).toHaveLength(0);
  });

  test("a redirect to a login page is said to be one", async () => {
    const rig = await start({ ...known, loginHabit: "redirect" });
    rig.fake.tokens.length = 0;
    expect(await rig.perform(rig.step(bruteForce(), null))).toMatchObject({
      kind: "later",
      reason: "unauthorized",
      scope: "destination",
      evidence: expect.stringMatching(/302, a redirect to a login page: Jira does not take the token/),
    });
  });

  test("a token that expired at noon makes everything wait and names the remedy; a new one goes on", async () => {
    const secrets: Record<string, string> = { TOKEN: "fake-jira-token-5b1e" };
    const rig = await start({ ...known, secrets });
    const { receipt } = await rig.drive(bruteForce());
    rig.fake.tokens.length = 0;
    for (const step of [rig.step(bruteForce(), null), rig.step(withMoments(bruteForce(), "escalated"), receipt)]) {
      const outcome = await rig.perform(step);
      expect(outcome).toMatchObject({ kind: "later", reason: "unauthorized", scope: "destination" });
      expect(outcome.evidence).toMatch(/may have expired or been revoked\. Make .* a new one is read at once/);
    }
    const email = deployment === "Cloud" ? { email: "riposte@example.com" } : {};
    rig.fake.tokens.push({ token: "the-new-token", ...email });
    secrets["TOKEN"] = "the-new-token";
    const after = await rig.drive(withMoments(bruteForce(), "escalated"), receipt);
    expect(after.actions).toEqual(["edit", "comment"]);
    expect(rig.fake.issues).toHaveLength(1);
  });
});

describe.each(["Cloud", "Server"] as const)("what Jira refuses, %s", (deployment) => {
  function refusing(config: object, project: Partial<ProjectOptions> = {}): Promise<JiraRig> {
    return start({ deployment, projects: [{ key: "SEC", ...project }], config: { ...config } });
  }

  async function createIn(rig: JiraRig, picture = bruteForce()): Promise<Outcome> {
    return rig.perform(rig.step(picture, null));
  }

  test("an unknown project makes all tickets wait", async () => {
    const outcome = await createIn(await refusing({ project: "NOPE" }));
    expect(outcome).toMatchObject({ kind: "later", reason: "bad_request", scope: "destination" });
    expect(outcome.evidence).toMatch(/^Jira has no project NOPE for this account .* look at `project`/);
  });

  test("an unknown issue type makes all tickets wait", async () => {
    const outcome = await createIn(await refusing({ issue_type: "Epos" }));
    expect(outcome).toMatchObject({ kind: "later", reason: "bad_request", scope: "destination" });
    expect(outcome.evidence).toMatch(/^SEC has no issue type Epos .* look at `issue_type`/);
  });

  test("an unknown priority is left out, and said in the ticket and in the evidence", async () => {
    const rig = await refusing({ priority: { medium: "Urgent" } });
    const outcome = await createIn(rig);
    expect(outcome).toMatchObject({ kind: "done" });
    expect(outcome.evidence).toMatch(/^created SEC-1 without priority \(/);
    expect(rig.fake.issue("SEC-1").description).toMatch(/Jira refused:\*? priority \(/);
    expect(rig.fake.issues).toHaveLength(1);
  });

  test("what was refused is still said once the text was written anew", async () => {
    const rig = await refusing({ fields: { Colour: "blue" } });
    const { receipt } = await rig.drive(bruteForce());
    expect(rig.fake.issue("SEC-1").description).toContain("Colour (no such field on the create screen of Task)");
    await rig.drive(withMoments(bruteForce(), "escalated"), receipt);
    expect(rig.fake.issue("SEC-1").description).toContain("Escalated");
    expect(rig.fake.issue("SEC-1").description).toContain("Colour (no such field on the create screen of Task)");
  });

  test("labels that are not on the screen are left out; the mark is in the text and in a property", async () => {
    const rig = await refusing({}, { issueTypes: [{ id: "1", name: "Task", fields: [description] }] });
    const outcome = await createIn(rig);
    expect(outcome.evidence).toMatch(/^created SEC-1 without labels \(/);
    const issue = rig.fake.issue("SEC-1");
    expect(issue.description).toMatch(/Riposte mark: \S*rp-test-12-soc-1\S*\s*$/);
    expect(issue.properties.get("riposte")).toMatchObject({ mark: "rp-test-12-soc-1" });
  });

  test("a required field that nobody configured makes all tickets wait, with the line to write", async () => {
    const rig = await refusing({}, { issueTypes: [{ id: "1", name: "Task", fields: [...usualFields, impact] }] });
    const outcome = await createIn(rig);
    expect(outcome).toMatchObject({ kind: "later", reason: "bad_request", scope: "destination" });
    expect(outcome.evidence).toContain("Jira wants a value for Impact (customfield_10010)");
    expect(outcome.evidence).toContain('write `fields: { "Impact": "…" }`');
    expect(rig.fake.issues).toHaveLength(0);
  });

  test("fields go by name or id, in the form that each takes", async () => {
    const fields = {
      Impact: "large",
      customfield_10011: "{{ agent.name | upper }}",
      "Hits so far": "{{ incident.count }}",
      Systems: ["web", "db"],
      Notes: "from {{ data.srcip | default: nowhere }}: _{{ rule.id }}_",
      Empty: "{{ data.nothing }}",
    };
    const specs: readonly FieldSpec[] = [
      impact,
      { id: "customfield_10011", name: "Affected host", type: "text" },
      { id: "customfield_10012", name: "Hits so far", type: "number" },
      {
        id: "customfield_10013",
        name: "Systems",
        type: "options",
        allowed: [
          { id: "1", value: "web" },
          { id: "2", value: "db" },
        ],
      },
      { id: "customfield_10014", name: "Notes", type: "rich-text" },
      { id: "customfield_10015", name: "Empty", type: "text" },
    ];
    const rig = await refusing(
      { fields },
      { issueTypes: [{ id: "1", name: "Task", fields: [...usualFields, ...specs] }] },
    );
    const outcome = await createIn(rig);
    expect(outcome.evidence).toBe("created SEC-1");
    const { values } = rig.fake.issue("SEC-1");
    expect(values.get("customfield_10010")).toMatchObject({ option: { value: "large" } });
    expect(values.get("customfield_10011")).toBe("WEB-01");
    expect(values.get("customfield_10012")).toBe(1);
    expect(values.get("customfield_10013")).toMatchObject({ options: [{ value: "web" }, { value: "db" }] });
    expect(values.has("customfield_10015")).toBe(false);
  });

  test("a value that a field does not have, and a name that two fields have, are left out and said", async () => {
    const twice: readonly FieldSpec[] = [
      { id: "customfield_1", name: "Team", type: "text" },
      { id: "customfield_2", name: "Team", type: "text" },
    ];
    const rig = await refusing(
      { fields: { Impact: "cosmic", Team: "blue" } },
      { issueTypes: [{ id: "1", name: "Task", fields: [...usualFields, { ...impact, required: false }, ...twice] }] },
    );
    const outcome = await createIn(rig);
    expect(outcome.kind).toBe("done");
    expect(outcome.evidence).toContain("Impact (no such value; there are small, large)");
    expect(outcome.evidence).toContain(
      "Team (several fields have this name: write the id, one of customfield_1, customfield_2)",
    );
  });

  test("a field that leaves the screen while Riposte runs costs that field and no ticket", async () => {
    const fields = [...usualFields, { id: "customfield_10011", name: "Affected host", type: "text" as const }];
    const rig = await refusing(
      { fields: { "Affected host": "{{ agent.name }}" } },
      { issueTypes: [{ id: "1", name: "Task", fields }] },
    );
    expect(await createIn(rig)).toMatchObject({ evidence: "created SEC-1" });
    fields.pop();
    const screen = rig.fake.site.project("SEC")?.issueTypes[0]?.createScreen;
    (screen as FieldSpec[]).pop();
    const outcome = await createIn(rig);
    expect(outcome.evidence).toMatch(/^created SEC-2 without Affected host \(Field 'customfield_10011' cannot be set/);
    const third = await createIn(rig);
    expect(third.evidence).toMatch(/^created SEC-3 without Affected host \(no such field/);
  });

  test("200 KB of log in many lines, and a title with line breaks, make one ticket", async () => {
    const log = `${"Aug 20 09:00:14 web-01 sshd[4007]: Failed password\r\n\t".repeat(4_000)}`;
    const picture = pictureOf(factsOf({ description: "two\r\nlines\u2028or more", log, level: 12 }));
    const rig = await refusing({ labels: ["wazuh"] });
    expect(await createIn(rig, picture)).toMatchObject({ kind: "done", evidence: "created SEC-1" });
    const issue = rig.fake.issue("SEC-1");
    expect(issue.summary).toBe("[Wazuh] two lines or more (web-01)");
    expect(issue.description).toMatch(/\[cut: 2\d\d,\d{3} characters in all\]/);
    expect(issue.labels).toEqual(["riposte", "rp-test-12-soc-1", "wazuh"]);
  });

  test("an account that may not create is told so, and everything waits", async () => {
    const outcome = await createIn(await refusing({}, { permissions: ["BROWSE_PROJECTS"] }));
    expect(outcome).toMatchObject({ kind: "later", reason: "unauthorized", scope: "destination" });
    expect(outcome.evidence).toMatch(/permission/);
  });
});

describe("limits", () => {
  test.each([
    ["jira-burst-based", "action"],
    ["jira-per-issue-on-write", "work"],
    ["jira-quota-tenant-based", "destination"],
    ["jira-quota-global-based", "destination"],
    [null, "destination"],
    ["something-new", "destination"],
  ])("%s makes wait: %s, for as long as Jira asks", async (reason, scope) => {
    const rig = await start({ config: { deployment: "cloud" } });
    rig.fake.scripted.push(tooMany(reason, 37_000, Date.now()));
    expect(await rig.perform(rig.step(bruteForce(), null))).toMatchObject({
      kind: "later",
      reason: "rate_limited",
      scope,
      retryAfterMs: 37_000,
    });
    expect(rig.fake.issues).toHaveLength(0);
  });

  test("a 503 that says when to come back is waited for", async () => {
    const rig = await start();
    const { receipt } = await rig.drive(bruteForce());
    const busy = textAnswer(503, "", { "retry-after": "9" });
    const edit = rig.step(withMoments(bruteForce(), "escalated"), receipt);
    rig.fake.scripted.push(busy);
    expect(await rig.perform(edit)).toMatchObject({ kind: "later", reason: "server_error", retryAfterMs: 9_000 });
    rig.fake.outage = { answer: busy, done: true };
    expect(await rig.perform(rig.step(bruteForce(), null))).toMatchObject({ kind: "unknown", retryAfterMs: 9_000 });
  });

  test("the limit of one ticket leaves the others alone", async () => {
    const perIssueWrite = [{ windowMs: 60_000, max: 1 }];
    const rig = await start({ limits: { perIssueWrite } });
    const { receipt } = await rig.drive(bruteForce());
    const edit = rig.step(withMoments(bruteForce(), "escalated"), receipt);
    const edited = receiptAfter(receipt, edit, await rig.perform(edit));
    expect(await rig.perform(rig.step(withMoments(bruteForce(), "escalated"), edited))).toMatchObject({
      scope: "work",
    });
    expect(await rig.perform(rig.step(bruteForce(), null))).toMatchObject({ kind: "done" });
  });
});

const description: FieldSpec = { id: "description", name: "Description", type: "rich-text" };
const impact: FieldSpec = {
  id: "customfield_10010",
  name: "Impact",
  type: "option",
  required: true,
  allowed: [
    { id: "100", value: "small" },
    { id: "101", value: "large" },
  ],
};

function lookFor({ destination, io }: JiraRig) {
  const lost = { mark: "rp-test-12-soc-1", action: "create", receipt: null, since: Date.now() - 5_000 };
  return destination.find(lost, io());
}
