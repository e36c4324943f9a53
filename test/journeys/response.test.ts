// A brute force that Wazuh answers by itself: failed logins, alert, account disabled, and then Slack and Jira.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { FakeJira, usualEmail, usualTokenText } from "../fakes/jira/jira.ts";
import { serveVendor, type ServedVendor } from "../fakes/serve.ts";
import { activeResponse, bruteForce, wazuhAlert, type WazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const MINUTE_MS = 60_000;
/** Fifteen seconds of waiting are three eighths of one, and six minutes nine seconds. */
const HURRY = 40;
const LONG = { timeout: 40_000, interval: 25 };

let desk: RiposteDesk;
let jira: FakeJira;
let jiraServed: ServedVendor;

async function begin(hurry: number): Promise<void> {
  desk = await RiposteDesk.open({ hurry });
  jira = new FakeJira({ deployment: "Cloud", projects: [{ key: "SEC" }] });
  jiraServed = await serveVendor(jira, { now: () => desk.clock.now() });
  desk.secret("jira-token", usualTokenText);
  await desk.start(`
respond_wait: 15s
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
  soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } }
  soc-jira: { type: jira, url: "${jiraServed.url}", email: ${usualEmail}, token: { file: SECRETS/jira-token }, project: SEC }
policies:
  - name: brute-force
    when: { rule.id: [5763, 5551, 120100] }
    group_by: [agent.id, data.srcip]
    severity: high
    tell: [security-alerts, soc-webhook, soc-jira]
    expect_action: { lifted_after: 5m }
  - { name: rest, when: { rule.level: ">= 3" }, tell: [security-alerts] }`);
}

afterEach(async () => {
  await desk.close();
  await jiraServed.close();
});

function now(): Date {
  return new Date(desk.clock.now());
}

/** Failed logins that nobody asked to hear of, and the alert that they add up to. */
function attack(): WazuhAlert {
  const failed = { id: "5760", level: 2, description: "sshd: authentication failed." };
  const cause = bruteForce("deploy", now());
  desk.append(...Array.from({ length: 7 }, () => wazuhAlert(failed, now())), cause);
  return cause;
}

function respond(order: "add" | "delete", cause: WazuhAlert, at: Date = now()): void {
  desk.append(activeResponse({ order }, cause, at));
}

function texts(): string[] {
  return desk.slack.posted.map(({ payload }) => JSON.stringify(payload));
}

function ticketText(): string {
  return JSON.stringify(jira.issues.map(({ values, comments }) => [[...values], comments]));
}

async function riposte(...args: readonly string[]): Promise<string> {
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args, "--socket", desk.socketPath]);
  return stdout;
}

describe("a brute force that Wazuh answers", () => {
  it(
    "is one incident, one message and one ticket that say what Wazuh did; then lifted",
    { timeout: 60_000 },
    async () => {
      await begin(1);
      const cause = attack();
      respond("add", cause);

      await desk.slackServed.arrived(1);
      await desk.jiraServed.arrived(1);
      await expect.poll(() => jira.issues.length, LONG).toBe(1);
      expect(texts()).toHaveLength(1);
      expect(texts()[0]).toContain("disable-account of deploy on web-01 (003)");
      expect(texts()[0]).toContain("whether it took effect is not known");
      expect(texts()[0]).toMatch(/High · sshd: brute force/);
      expect(JSON.stringify(desk.jira.received[0])).toContain("disable-account of deploy on web-01 (003)");
      await expect.poll(ticketText, LONG).toContain("What Wazuh did");

      const status = await riposte("status");
      expect(status).toContain("Did the block take effect? Not known for 1 response of Wazuh's own.");
      expect(status).toContain("Will it be lifted? 1 in force.");
      expect(status).toMatch(/#1 {2}disable-account of deploy on web-01 \(003\): ordered .*; to be lifted at /);

      respond("delete", cause);
      await desk.slackServed.arrived(2);
      expect(texts()[1]).toContain("the agent got the order to lift: disable-account of deploy");
      await expect.poll(ticketText, LONG).toContain("the agent got the order to lift");
      expect(await riposte("status")).toContain("Will it be lifted? 1 lifted, as far as their agents got the order.");
      const shown = await riposte("incidents", "show", "1");
      expect(shown).toMatch(
        /What was done\n.*by Wazuh: disable-account of deploy on web-01 \(003\): the agent got the order to lift it at/,
      );
      expect(shown).toContain("action by Wazuh: the agent got the order, whether it took effect is not known");
      expect(await riposte("incidents", "list")).not.toContain("#2");
      expect([desk.jira.received.length, jira.issues.length]).toEqual([1, 1]);
    },
  );

  it("is told without it when the wait is over, and again when it comes after all", { timeout: 60_000 }, async () => {
    await begin(HURRY);
    const beganAt = desk.clock.now();
    const cause = attack();

    await desk.slackServed.arrived(1);
    const waitedMs = desk.clock.now() - beganAt;
    await expect.poll(() => jira.issues.length, LONG).toBe(1);
    respond("add", cause);
    await desk.slackServed.arrived(2);

    expect(waitedMs).toBeGreaterThanOrEqual(15_000);
    expect(texts()[0]).toContain("nothing of that has been seen yet");
    expect(texts()[1]).toContain("disable-account of deploy on web-01 (003)");
    expect(texts()[1]).not.toContain("nothing of that has been seen yet");
    await expect.poll(ticketText, LONG).toContain("disable-account of deploy");
    expect(ticketText()).not.toContain("nothing of that has been seen yet");
    expect(jira.issues).toHaveLength(1);
  });

  it("is told to be overdue when no order to lift it comes", { timeout: 60_000 }, async () => {
    await begin(HURRY);
    const cause = attack();
    respond("add", cause);
    const orderedAt = desk.clock.now();

    await desk.slackServed.arrived(2);
    const afterMs = desk.clock.now() - orderedAt;
    await expect.poll(ticketText, LONG).toContain("not seen lifted 5 min after the order");

    expect(afterMs).toBeGreaterThanOrEqual(6 * MINUTE_MS - 1_000);
    expect(texts()[1]).toContain("not seen lifted 5 min after the order, look on the agent: disable-account of deploy");
    expect(await riposte("status")).toContain("Will it be lifted? Not seen for 1, which are overdue.");
  });

  it("loses neither the wait nor the response when Riposte is stopped in between", async () => {
    await begin(1);
    const cause = attack();
    await expect.poll(() => desk.workLeft()["ready"], LONG).toBe(3);
    await desk.stop();
    respond("add", cause);
    expect(texts()).toEqual([]);

    await begin2();
    await desk.slackServed.arrived(1);

    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toContain("disable-account of deploy on web-01 (003)");
  });
});

/** The same config once more. */
async function begin2(): Promise<void> {
  await desk.start(`
respond_wait: 15s
destinations: { security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies:
  - name: brute-force
    when: { rule.id: [5763, 5551, 120100] }
    group_by: [agent.id, data.srcip]
    severity: high
    tell: [security-alerts]
    expect_action: { lifted_after: 5m }`);
}
