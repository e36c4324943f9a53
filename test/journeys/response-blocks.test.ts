// Who had the lines of active response told by integratord is told of them on by Riposte; nobody else is.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { usualHookPath } from "../fakes/slack-webhook.ts";
import { activeResponse, bruteForce, wazuhAlert, type WazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

let desk: RiposteDesk;
beforeEach(async () => {
  desk = await RiposteDesk.open({ hurry: 20 });
});
afterEach(() => desk.close());

describe("a block of ossec.conf that was taken over", () => {
  it("is told of an active response and of what it did, as integratord told it", async () => {
    const hook = `${desk.slackServed.url}${usualHookPath}`;
    const block = `<integration><name>slack</name><hook_url>${hook}</hook_url><level>3</level><alert_format>json</alert_format></integration>`;
    desk.secret("ossec.conf", "<ossec_config>\n</ossec_config>\n");
    desk.secret("integrations.ossec.conf", `<ossec_config>\n${block}\n</ossec_config>\n`);
    await desk.start(`ossec_conf: SECRETS/ossec.conf
destinations: { soc: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies: [{ name: own, when: { rule.level: ">= 3" }, tell: [soc] }]`);
    const now = new Date(desk.clock.now());
    const cause: WazuhAlert = bruteForce("deploy", now);
    const fullLog = "Nov 23 09:00:15 web-01 usermod[812]: lock user 'deploy' password";
    const changed = { id: "5555", level: 3, description: "User changed password.", fullLog };

    desk.append(
      cause,
      activeResponse({ order: "add" }, cause, now),
      { ...wazuhAlert(changed, now), predecoder: { program_name: "usermod" } },
      wazuhAlert({ id: "5502", level: 3, description: "PAM: Login session closed." }, now),
    );

    await desk.jiraServed.arrived(2);
    await expect.poll(() => said("title").length, { timeout: 20_000, interval: 25 }).toBe(4);
    expect(said("title").toSorted()).toEqual([
      "Active response: active-response/bin/disable-account - add",
      "PAM: Login session closed.",
      "User changed password.",
      "sshd: brute force trying to get access to the system. Authentication failed.",
    ]);
    const tickets = JSON.stringify(desk.jira.received);
    expect(desk.jira.received).toHaveLength(2);
    expect(tickets).not.toMatch(/Active response:|User changed password/);
  });
});

/** What the messages to Slack say under that key, each text once. */
function said(key: string): readonly string[] {
  const texts = desk.slack.posted.map(({ payload }) => JSON.stringify(payload));
  return [...new Set(texts.flatMap((text) => new RegExp(`"${key}":"([^"]*)"`).exec(text)?.[1] ?? []))];
}
