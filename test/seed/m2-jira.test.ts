// M2: Jira tickets, as the original document asks for them.
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { FakeJira, usualEmail, usualTokenText } from "../fakes/jira/jira.ts";
import { serveVendor, type ServedFault } from "../fakes/serve.ts";
import { passwordGuess, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { renderIncident } from "../../src/cli/render-incidents.ts";
import { askSocket } from "../../src/http/client.ts";
import type { IncidentDetail } from "../../src/http/incident-routes.ts";
import { RuleCaller } from "../fakes/rule-caller.ts";
import { RiposteDesk, type DeskOptions } from "../riposte-desk.ts";

describe("M2: Jira tickets", () => {
  let desk: RiposteDesk;
  beforeEach(async () => {
    desk = await RiposteDesk.open();
  });
  afterEach(() => desk.close());

  it("the original's block as a destination: rule 120100 at level 10 becomes one ticket with predefined fields", async () => {
    await desk.start(`
destinations: { soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies:
  - name: custom-jira
    when: { rule.level: ">= 10", rule.id: 120100 }
    tell: [soc-webhook]`);

    desk.append(
      wazuhAlert({ id: "5712", level: 10, description: "sshd: brute force" }),
      passwordGuess("ana"),
      passwordGuess("ana"),
    );
    await desk.jiraServed.arrived(1);
    await desk.stop();
    desk.jira.settle(Date.now());

    expect(desk.jiraServed.requests[0]!.headers["x-automation-webhook-token"]).toBe("API_KEY");
    expect(desk.jira.failedRuns).toEqual([]);
    expect(desk.jira.issues).toHaveLength(1);
    const [issue] = desk.jira.issues;
    expect(issue!.summary).toContain("possible password guess");
    expect(issue!.issueType).toBe("Task");
    expect(issue!.description).toContain("web-01");
    expect(issue!.description).toContain("120100");
    expect(issue!.body["data"]).toMatchObject({ issuetype: { name: "Task" } });
  });

  it("where Jira can't be asked, the state says received and never created", async () => {
    await desk.start(`
destinations: { soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies: [{ name: custom-jira, when: { rule.id: 120100 }, tell: [soc-webhook] }]`);

    desk.append(passwordGuess("ana"));
    await desk.jiraServed.arrived(1);
    await desk.stop();

    expect(desk.logLines.join("")).not.toMatch(/created/i);
  });

  it("the original's <integration> block for custom-jira is read from ossec.conf, byte for byte", async () => {
    desk.secret("integrations.ossec.conf", desk.filledConf);
    desk.secret("ossec.conf", "<ossec_config>\n</ossec_config>\n");
    await desk.start("ossec_conf: SECRETS/ossec.conf");

    desk.append(
      wazuhAlert({ id: "5712", level: 10, description: "sshd: brute force" }),
      passwordGuess("ana"),
      passwordGuess("ana"),
    );
    await desk.jiraServed.arrived(1);
    await desk.stop();
    desk.jira.settle(Date.now());

    expect(desk.jiraServed.requests[0]!.headers["x-automation-webhook-token"]).toBe("API_KEY");
    expect(desk.jira.failedRuns).toEqual([]);
    expect(desk.jira.issues.map(({ summary }) => summary)).toEqual([
      expect.stringContaining("possible password guess"),
    ]);
  });
});

describe("M2: our Automation rule calls back", () => {
  const config = `
destinations:
  soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key }, callback: true }
  soc-slack: { type: slack, webhook: { file: SECRETS/slack-webhook } }
policies: [{ name: custom-jira, when: { rule.id: 120100 }, tell: [soc-webhook, soc-slack] }]
http:
  listen: 127.0.0.1:0
  tokens: [{ name: jira-rule, secret: { file: SECRETS/jira-rule }, may: [hooks] }]`;
  const token = "not-a-real-token-of-jira-0123456789";

  async function open(options: DeskOptions, said = token): Promise<{ desk: RiposteDesk; rule: RuleCaller }> {
    const desk = await RiposteDesk.open({ rule: { indexLagMs: 0 }, ...options });
    onTestFinished(() => desk.close());
    desk.secret("jira-rule", token);
    const rule = new RuleCaller(desk.jira, () => ({ host: "127.0.0.1", port: desk.httpPort, token: said }));
    await desk.start(config);
    desk.append(passwordGuess("ana"));
    return { desk, rule };
  }

  async function shown(desk: RiposteDesk): Promise<string> {
    const answer = await askSocket(desk.socketPath, "ana")({ method: "GET", path: "/v1/incidents/1" });
    if (answer.kind !== "answered") throw new Error(answer.why);
    return renderIncident(answer.body as IncidentDetail, Date.now(), (_, words) => words);
  }

  it("our Automation rule calls back with the key, and the state says created", async () => {
    const { desk, rule } = await open({});
    await desk.jiraServed.arrived(1);
    await expect
      .poll(() => shown(desk))
      .toContain("soc-webhook: just now, 1 step, received, and it has not called back");
    desk.jira.settle(Date.now());

    expect(await rule.deliver(2)).toEqual([200, 200]);

    expect(await shown(desk)).toMatch(/soc-webhook: just now, 1 step, https:\/\/tickets\.example\/browse\/SEC-1$/m);
    expect(await shown(desk)).toContain("note by soc-webhook: created SEC-1 (https://tickets.example/browse/SEC-1)");
    await expect.poll(() => desk.slack.posted.map(({ text }) => text).join("\n"), LONG).toContain("created SEC-1");
    await expect.poll(() => desk.works()).toEqual([]);
    expect(desk.jira.issues).toHaveLength(1);
  });

  it("a rule with a wrong token is not heard, and the state stays received", async () => {
    const { desk, rule } = await open({}, `${token}x`);
    await desk.jiraServed.arrived(1);
    desk.jira.settle(Date.now());

    expect(await rule.deliver()).toEqual([401]);

    await expect
      .poll(() => shown(desk))
      .toContain("soc-webhook: just now, 1 step, received, and it has not called back");
    expect(desk.logLines.join("")).not.toMatch(/created SEC|not-a-real-token/);
  });

  it("the rule may call before its call is answered, and the answer may never come", async () => {
    const early: (() => Promise<unknown>)[] = [];
    const { desk, rule } = await open({
      jira: { faults: () => ({ kind: "reset-after-commit" }), beforeAnswer: async () => void (await early[0]?.()) },
    });
    early.push(async () => {
      desk.jira.settle(Date.now());
      expect(await rule.deliver()).toEqual([200]);
    });
    await expect.poll(() => shown(desk)).toContain("browse/SEC-1");
    await expect.poll(() => desk.works().filter((work) => work.startsWith("soc-webhook"))).toEqual([]);
    await desk.stop();

    expect(desk.jiraServed.requests).toHaveLength(1);
    expect(desk.jira.issues).toHaveLength(1);
  });

  it("a call back that never comes: the call is made again, and the rule finds what the first one made", async () => {
    const losses: ServedFault[] = [{ kind: "reset-after-commit" }];
    const { desk, rule } = await open({ hurry: 120, jira: { faults: () => losses.shift() ?? null } });
    await desk.jiraServed.arrived(1);
    desk.jira.settle(Date.now());
    expect(rule.waiting.splice(0)).toMatchObject([{ key: "SEC-1", created: true }]);

    await desk.jiraServed.arrived(2);
    desk.jira.settle(Date.now());
    expect(rule.waiting).toMatchObject([{ key: "SEC-1", created: false }]);
    await rule.deliver();

    expect(await shown(desk)).toContain("found SEC-1 (https://tickets.example/browse/SEC-1), which an earlier call");
    expect(desk.jira.issues).toMatchObject([{ key: "SEC-1", commentedAt: [expect.any(Number)] }]);
  });
});

describe("M2: exactly one ticket", () => {
  it.each([
    ["Cloud REST v3", "Cloud", `email: ${usualEmail},`],
    ["Data Center REST v2", "Server", ""],
  ] as const)("exactly one live ticket at quiet by %s", { timeout: 90_000 }, async (_, deployment, email) => {
    const desk = await RiposteDesk.open({ hurry: HURRY });
    onTestFinished(() => desk.close());
    // Cloud's search knows nothing of them all the while; Data Center's is always current.
    const indexLagMs = deployment === "Cloud" ? 12 * 60 * 60_000 : 0;
    const jira = new FakeJira({ deployment, projects: [{ key: "SEC" }], indexLagMs });
    const lost = losingAnswers();
    const served = await serveVendor(jira, { faults: lost, now: () => desk.clock.now() });
    onTestFinished(() => served.close());
    desk.secret("jira-token", usualTokenText);
    await desk.start(`
destinations:
  soc-jira: { type: jira, url: "${served.url}", ${email} token: { file: SECRETS/jira-token }, project: SEC, resolve: Done }
policies: [{ name: guesses, when: { rule.id: 120100 }, group_by: [data.dstuser], tell: [soc-jira] }]`);

    desk.append(...USERS.map((user) => passwordGuess(user)));
    await expect.poll(() => jira.issues.length, LONG).toBeGreaterThanOrEqual(USERS.length);
    await served.drain();
    await expect.poll(() => [jira.liveIssues().length, desk.workLeft()], LONG).toEqual([USERS.length, {}]);
    await desk.stop();

    for (const user of USERS) {
      expect(jira.liveIssues().filter(({ summary }) => summary.includes(`account ${user} `))).toHaveLength(1);
    }
    const kinds = new Set(served.requests.map(({ fault }) => fault));
    expect([...kinds]).toEqual(expect.arrayContaining(["timeout-done", "late-commit", "reset-after-commit"]));
    const copies = jira.issues.filter((issue) => !issue.isLive);
    expect(copies.length).toBeGreaterThan(0);
    for (const { labels } of copies) expect(labels).toEqual(["riposte-twin"]);
  });
});

const USERS = ["ana", "bea", "cem", "dov", "eva", "fin", "gil", "hal"];
/** A call has ten seconds, and Jira a minute until a lost one is looked for: a third of a second, and two. */
const HURRY = 30;
const LONG = { timeout: 60_000, interval: 50 };

/** Of each kind of loss at least one, and one call that lands only when its ticket was made once more. */
function losingAnswers() {
  const losses: (ServedFault | null)[] = [
    { kind: "timeout-done" },
    { kind: "reset-after-commit" },
    { kind: "late-commit", delayMs: 3_000 },
    null,
    { kind: "late-commit", delayMs: 10_000 },
    { kind: "timeout-done" },
  ];
  return (_: number, { method, path }: { readonly method: string; readonly path: string }): ServedFault | null => {
    return method === "POST" && path.endsWith("/issue") ? (losses.shift() ?? null) : null;
  };
}
