// M4: auto-remediation, as the original document asks for it.
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { askSocket } from "../../src/http/client.ts";
import { openRespondingDesk, type RespondingDesk } from "../fixtures/responding-desk.ts";
import { activeResponse, bruteForce, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const CONFIG = `
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
  soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } }
policies:
  - name: brute-force
    when: { rule.id: [5763, 5551, 120100] }
    group_by: [agent.id, data.srcip]
    severity: high
    tell: [security-alerts, soc-webhook]
    expect_action: { lifted_after: 5m }`;

describe("M4: auto-remediation", () => {
  let desk: RiposteDesk;
  beforeEach(async () => {
    desk = await RiposteDesk.open();
  });
  afterEach(() => desk.close());

  it("failed SSH logins, event and alert, Active Response disables the account, then Slack and Jira are told", async () => {
    await desk.start(CONFIG);

    const failed = { id: "5760", level: 5, description: "sshd: authentication failed." };
    const alert = bruteForce("deploy");
    desk.append(...Array.from({ length: 7 }, () => wazuhAlert(failed)), alert);
    await expect.poll(() => desk.workLeft()).toEqual({ ready: 2 });
    const toldBefore = desk.slack.posted.length + desk.jira.received.length;
    desk.append(activeResponse({ order: "add" }, alert));
    await desk.slackServed.arrived(1);
    await desk.jiraServed.arrived(1);
    await desk.stop();

    expect(toldBefore).toBe(0);
    expect(desk.slack.posted).toHaveLength(1);
    expect(desk.jira.received).toHaveLength(1);
    for (const told of [desk.slack.posted[0]!.payload, desk.jira.received[0]!.body]) {
      expect(JSON.stringify(told)).toContain("sshd: brute force trying to get access to the system");
      expect(JSON.stringify(told)).toContain("disable-account of deploy on web-01 (003)");
    }
  });

  it("an <active-response> that Wazuh fired itself is observed, told, and watched being lifted", async () => {
    await desk.start(CONFIG);

    const alert = bruteForce("deploy");
    desk.append(alert, activeResponse({ order: "add" }, alert));
    await desk.slackServed.arrived(1);
    desk.append(activeResponse({ order: "delete" }, alert));
    await desk.slackServed.arrived(2);
    await desk.stop();

    const [first, second, ...more] = desk.slack.posted.map(({ payload }) => JSON.stringify(payload));
    expect(first).toContain("whether it took effect is not known");
    expect(second).toContain("the agent got the order to lift: disable-account of deploy");
    expect(more).toEqual([]);
  });

  it("Riposte fires it behind guardrails, verified, and undoes it", async () => {
    const at = await openRespondingDesk();
    onTestFinished(() => at.close());
    await at.desk.start(responding("{ do: disable-account, by: companion, only_if: always }"), { wazuh: at.wazuh });

    const protectedOne = bruteForce("root");
    at.desk.append(protectedOne);
    await at.desk.slackServed.arrived(1);
    at.desk.append(bruteForce("deploy"));
    await expect.poll(() => told(at), WAIT).toContain("done, and seen on the agent (password locked)");
    const held = at.agents.holds("003", "deploy");
    const ask = askSocket(at.desk.socketPath, "ana");
    await ask({ method: "POST", path: "/v1/responses/2/lift", body: {} });
    await expect.poll(() => told(at), WAIT).toContain("lifted, and seen on the agent (all is as it was before)");

    expect(at.agents.holds("003", "deploy")).toBe(false);
    expect(told(at)).toContain("not done, guardrails protect root");
    expect(held).toBe(true);
    expect(at.api.orders.map(({ agentId }) => agentId)).toEqual(["003", "003"]);
  });

  it("one documented switch gives the original flow literally", async () => {
    const at = await openRespondingDesk();
    onTestFinished(() => at.close());
    at.api.arConf = new Set(["disable-account300"]);
    await at.desk.start(responding("{ do: disable-account, lift_after: 5m, only_if: always }"), { wazuh: at.wazuh });

    at.desk.append(bruteForce("deploy"));
    await at.desk.slackServed.arrived(1);
    await at.desk.jiraServed.arrived(1);
    at.agents.timeOut(at.api.orders[0]!);
    await expect.poll(() => told(at), WAIT).toContain("the agent got the order to lift it");

    expect(at.api.orders.map(({ agentId, command }) => [agentId, command])).toEqual([["003", "disable-account300"]]);
    for (const first of [at.desk.slack.posted[0]!.payload, at.desk.jira.received[0]!.body]) {
      expect(JSON.stringify(first)).toContain(
        "the agent got the order, whether it took effect can't be proven by Wazuh's own script",
      );
    }
  });
});

const WAIT = { timeout: 40_000, interval: 25 };

function responding(respond: string): string {
  return `guardrails: { mode: enforce }
${CONFIG.replace("expect_action: { lifted_after: 5m }", `respond: ${respond}`)}`;
}

function told({ desk }: RespondingDesk): string {
  return desk.slack.posted.map(({ payload }) => JSON.stringify(payload)).join("\n");
}
