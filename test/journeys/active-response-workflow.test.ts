// The original's four steps, in both forms: Wazuh responds by itself and is watched, or Riposte responds.
import { afterEach, describe, expect, it } from "vitest";
import { askSocket } from "../../src/http/client.ts";
import { openRespondingDesk, type RespondingDesk } from "../fixtures/responding-desk.ts";
import { activeResponse, bruteForce, wazuhAlert, type WazuhAlert } from "../fixtures/wazuh-alerts.ts";

const LONG = { timeout: 40_000, interval: 25 };

let at: RespondingDesk;
afterEach(() => at.close());

async function begin({ respond = "", guardrails = "" }: { respond?: string; guardrails?: string }): Promise<void> {
  at = await openRespondingDesk();
  const config = `
${guardrails}
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
  soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } }
policies:
  - name: brute-force
    when: { rule.id: [5763, 5551, 120100] }
    group_by: [agent.id, data.srcip]
    severity: high
    tell: [security-alerts, soc-webhook]
    ${respond}`;
  await at.desk.start(config, { wazuh: at.wazuh });
}

/** 1 and 2: failed logins are detected, and an alert comes of them. */
function attack(): WazuhAlert {
  const now = new Date(at.desk.clock.now());
  const failed = { id: "5760", level: 2, description: "sshd: authentication failed." };
  const alert = bruteForce("deploy", now);
  at.desk.append(...Array.from({ length: 7 }, () => wazuhAlert(failed, now)), alert);
  return alert;
}

function texts(): string[] {
  return at.desk.slack.posted.map(({ payload }) => JSON.stringify(payload));
}

/** Asks as `ana`, at the admin socket. */
async function ask(path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await askSocket(
    at.desk.socketPath,
    "ana",
  )({ method: body === undefined ? "GET" : "POST", path, ...(body !== undefined && { body }) });
  if (answer.kind !== "answered") throw new Error(answer.why);
  return answer;
}

describe("Example Active Response Workflow for Brute-Force Attacks", () => {
  it("Wazuh disables the account by itself: Slack and Jira are told what was seen of it, and of its end", async () => {
    await begin({ respond: "expect_action: { lifted_after: 5m }" });
    const alert = attack();
    at.desk.append(activeResponse({ order: "add" }, alert));
    await at.desk.slackServed.arrived(1);
    await at.desk.jiraServed.arrived(1);
    at.desk.append(activeResponse({ order: "delete" }, alert));
    await at.desk.slackServed.arrived(2);

    expect(texts()[0]).toContain("whether it took effect is not known: disable-account of deploy on web-01 (003)");
    expect(JSON.stringify(at.desk.jira.received[0])).toContain("disable-account of deploy on web-01 (003)");
    expect(texts()[1]).toContain("the agent got the order to lift: disable-account of deploy");
    expect(at.api.orders).toEqual([]);
  });

  it("Riposte disables the account, proves it, tells Slack and Jira, and undoes it", async () => {
    await begin({
      guardrails: "guardrails: { mode: enforce }",
      respond: "respond: { do: disable-account, by: companion, lift_after: 10m, only_if: always }",
    });
    attack();
    await at.desk.slackServed.arrived(1);
    await at.desk.jiraServed.arrived(1);
    const toldOf = [texts()[0], JSON.stringify(at.desk.jira.received[0])];

    // 3 before 4: what is told first is what came of it.
    for (const told of toldOf) {
      expect(told).toContain(
        "done, and seen on the agent (password locked): disable-account of deploy on web-01 (003), for 10 min",
      );
    }
    expect(at.agents.holds("003", "deploy")).toBe(true);
    expect((await ask("/v1/responses")).body).toMatchObject({ counts: { verified: 1 }, stop: null });

    await ask("/v1/responses/1/lift", {});
    await expect
      .poll(() => texts().join("\n"), LONG)
      .toContain("lifted, and seen on the agent (all is as it was before)");
    expect(at.agents.holds("003", "deploy")).toBe(false);
    expect(at.desk.jira.received).toHaveLength(1);
  });

  it("who was only attacked is not locked; who is seen to be taken is, once a person has said yes", async () => {
    await begin({
      guardrails: "guardrails: { mode: approve, approvers: { people: [ana] } }",
      respond: "respond: { do: disable-account, by: companion }",
    });
    attack();
    await at.desk.slackServed.arrived(1);
    expect(texts()[0]).toContain("nobody was seen to get in as it: it is the account that was attacked");
    expect(texts()[0]).toContain("Proposed instead: block-ip of 198.51.100.23");

    const login = { id: "5715", level: 3, description: "sshd: authentication success." };
    at.desk.append(wazuhAlert({ ...login, data: { srcip: "198.51.100.23", dstuser: "deploy" } }));
    await at.desk.slackServed.arrived(2);
    expect(texts()[1]).toContain("waits for approval within 30 min (riposte responses approve 2)");
    expect(at.api.orders).toEqual([]);

    const { digest } = (await ask("/v1/responses/2")).body as { digest: string };
    expect(await ask("/v1/responses/2/approve", { digest: "00000000deadbeef" })).toMatchObject({ status: 409 });
    expect(await ask("/v1/responses/2/approve", { digest })).toMatchObject({ status: 200 });
    await expect.poll(() => texts().join("\n"), LONG).toContain("done, and seen on the agent");
    expect(at.api.orders.map(({ agentId, command }) => [agentId, command])).toEqual([
      ["003", "riposte-disable-account0"],
    ]);
  });
});
