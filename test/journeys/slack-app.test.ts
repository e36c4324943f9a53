// An incident as a team lives through it in Slack: one message, its story in the thread, its ticket a link away.
import { afterEach, expect, it } from "vitest";
import { askSocket } from "../../src/http/client.ts";
import { FakeJira, usualEmail, usualTokenText } from "../fakes/jira/jira.ts";
import { serveVendor, type ServedVendor } from "../fakes/serve.ts";
import type { SlackMessage } from "../fakes/slack-app/channel.ts";
import { FakeSlackApp, usualBotToken } from "../fakes/slack-app/slack-app.ts";
import { wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const LONG = { timeout: 20_000, interval: 25 };
let desk: RiposteDesk;
const served: ServedVendor[] = [];

afterEach(async () => {
  await desk.close();
  for (const vendor of served.splice(0)) await vendor.close();
});

it("an incident, from its first alert to its end", async () => {
  desk = await RiposteDesk.open();
  const slack = new FakeSlackApp();
  const jira = new FakeJira({ deployment: "Cloud", projects: [{ key: "SEC" }] });
  const [chat, tickets] = [await serveVendor(slack), await serveVendor(jira)];
  served.push(chat, tickets);
  desk.secret("slack-token", usualBotToken);
  desk.secret("jira-token", usualTokenText);
  await desk.start(`
links: { console: "https://riposte.example" }
destinations:
  security-alerts:
    type: slack
    token: { file: SECRETS/slack-token }
    api: "${chat.url}/api"
    channel: "#security-alerts"
    pace: { max: 100, per: 1s }
    mention: { severity: { critical: [on-call] } }
    on_call: { on-call: U0123456789 }
  soc-jira: { type: jira, url: "${tickets.url}", email: ${usualEmail}, token: { file: SECRETS/jira-token }, project: SEC }
policies:
  - { name: ssh, when: { rule.groups: sshd }, group_by: [agent.id], tell: [security-alerts, soc-jira] }`);
  const ask = askSocket(desk.socketPath, "ana");
  const head = (): SlackMessage => {
    const heads = slack.live.filter(({ threadTs }) => threadTs === null);
    expect(heads).toHaveLength(1);
    return heads[0]!;
  };
  const lines = (message: SlackMessage): string => slack.textOf(message);

  // Eight failed logins: one message, and soon the way to the ticket.
  desk.append(alert(10, "sshd: brute force trying to get access"));
  await expect.poll(() => slack.live.length, LONG).toBe(1);
  await expect.poll(() => lines(head()), LONG).toContain("SEC-1 · in Riposte");
  expect(lines(head())).toMatch(/^Medium · sshd: brute force trying to get access\n/);
  const { ts } = head();

  // It is worse than that: the same message says so, and who is on call is called in its thread.
  desk.append(alert(15, "sshd: login after many failures"));
  await expect.poll(() => slack.repliesTo(head()).length, LONG).toBe(1);
  const [worse] = slack.repliesTo(head());
  expect(worse).toMatchObject({ threadTs: ts, isBroadcast: true });
  expect(lines(worse!)).toContain(
    "@U0123456789\n*Escalated to critical*: rule 5763: sshd: login after many failures · 2 alerts so far",
  );
  expect(lines(head())).toMatch(/^Critical · sshd/);

  // Somebody takes it up, and somebody else deletes the message by mistake.
  expect(await ask({ method: "POST", path: "/v1/incidents/1/acknowledge", body: {} })).toMatchObject({ status: 200 });
  await expect.poll(() => slack.repliesTo(head()).length, LONG).toBe(2);
  expect(lines(slack.repliesTo(head())[1]!)).toContain("*Acknowledged by ana*");
  slack.deleteByPerson(head(), Date.now());

  // It ends: one message again, which says that it is a new one, and how it ended.
  expect(await ask({ method: "POST", path: "/v1/incidents/1/resolve", body: { note: "key replaced" } })).toMatchObject({
    status: 200,
  });
  await expect.poll(() => slack.live.filter(({ threadTs }) => threadTs === null).length, LONG).toBe(1);
  await expect
    .poll(() => lines(head()), LONG)
    .toMatch(/^Resolved · sshd[^]*Resolved by ana: key replaced[^]*Posted anew/);
  expect(head().ts).not.toBe(ts);
  await expect.poll(() => desk.workLeft(), LONG).toEqual({});
});

function alert(level: number, description: string): object {
  return wazuhAlert({ id: "5763", level, description, groups: ["sshd"] });
}
