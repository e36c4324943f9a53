// What a team does in Slack with an incident: a button that is pressed, one that may not be, and /riposte.
import { afterEach, beforeEach, expect, it } from "vitest";
import { askSocket, type Answer } from "../../src/http/client.ts";
import type { AuditPage } from "../../src/http/status-routes.ts";
import { serveVendor, type ServedVendor } from "../fakes/serve.ts";
import type { SlackMessage } from "../fakes/slack-app/channel.ts";
import {
  ana,
  formOf,
  labelsOf,
  mallory,
  pressPayload,
  signed,
  slashFields,
  usualSigningSecret,
  type FakePerson,
} from "../fakes/slack-app/person.ts";
import { FakeSlackApp, RESPONSE_PATH, usualBotToken } from "../fakes/slack-app/slack-app.ts";
import { FakeSocketMode, usualAppToken } from "../fakes/slack-app/socket-mode.ts";
import { wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const LONG = { timeout: 20_000, interval: 25 };
let desk: RiposteDesk;
let slack: FakeSlackApp;
let served: ServedVendor;
let socketMode: FakeSocketMode;

beforeEach(async () => {
  desk = await RiposteDesk.open();
  socketMode = await FakeSocketMode.open();
  slack = new FakeSlackApp({ socketMode });
  served = await serveVendor(slack);
  desk.secret("slack-token", usualBotToken);
  desk.secret("signing-secret", usualSigningSecret);
  desk.secret("app-token", usualAppToken);
});
afterEach(async () => {
  await desk.close();
  await served.close();
  await socketMode.close();
});

const SIGNED = `signing_secret: { file: SECRETS/signing-secret }`;
const config = (wayIn: string) => `
http: { listen: "127.0.0.1:0" }
destinations:
  security-alerts:
    type: slack
    token: { file: SECRETS/slack-token }
    ${wayIn}
    people: { ${ana.id}: Ana Brandt }
    api: "${served.url}/api"
    channel: "#security-alerts"
    pace: { max: 100, per: 1s }
policies:
  - { name: ssh, when: { rule.groups: sshd }, group_by: [agent.id], tell: [security-alerts] }`;

const head = (): SlackMessage => slack.live.filter(({ threadTs }) => threadTs === null)[0]!;
const lines = (): string => slack.textOf(head());

async function deliver(body: string): Promise<Response> {
  const { timestamp, signature } = signed(body, Date.now());
  return fetch(`http://${desk.httpAddress}/v1/hooks/slack`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": signature,
    },
    body,
  });
}

function press(label: string, trigger: string, person: FakePerson = ana): Promise<Response> {
  const responseUrl = `${served.url}${RESPONSE_PATH}`;
  return deliver(formOf(pressPayload(head(), label, { person, trigger, responseUrl }), "press"));
}

async function audit(): Promise<readonly string[]> {
  const page = (await askSocket(desk.socketPath, "a test")({ method: "GET", path: "/v1/audit" })) as Answer & {
    body: AuditPage;
  };
  return page.body.audit.map(({ who, what, about }) => `${who} ${what} ${about}`);
}

it("whoever presses is named in the message, and who may not is told so alone", async () => {
  await desk.start(config(SIGNED));
  desk.append(wazuhAlert({ id: "5763", level: 10, description: "sshd: brute force", groups: ["sshd"] }));
  await expect.poll(() => slack.live.length, LONG).toBe(1);
  expect(labelsOf(head())).toEqual(["Acknowledge", "Resolve", "Take it", "False positive"]);

  // Somebody who is not among the people of the destination.
  expect((await press("Resolve", "1", mallory)).status).toBe(200);
  await expect
    .poll(() => slack.whispered, LONG)
    .toMatchObject([
      { response_type: "ephemeral", text: expect.stringContaining("you are not among those who may act here") },
    ]);
  expect(lines()).toMatch(/^Medium · sshd/);

  // Ana acknowledges: the message says so and has one button less, its thread has the story.
  expect((await press("Acknowledge", "2")).status).toBe(200);
  await expect.poll(lines, LONG).toMatch(/^Medium, acknowledged · sshd[^]*acknowledged by Ana Brandt/);
  expect(labelsOf(head())).toEqual(["Resolve", "Take it", "False positive"]);
  await expect
    .poll(
      () =>
        slack
          .repliesTo(head())
          .map((reply) => slack.textOf(reply))
          .join(),
      LONG,
    )
    .toContain("Ana Brandt");

  // And resolves it with a word of why.
  const fields = slashFields("resolve 1 key replaced", { trigger: "3" });
  const answer = await deliver(formOf(fields, "slash"));
  expect(await answer.json()).toMatchObject({ response_type: "ephemeral", text: "#1 is resolved by Ana Brandt." });
  await expect.poll(lines, LONG).toMatch(/^Resolved · sshd[^]*Resolved by Ana Brandt: key replaced/);
  expect(labelsOf(head())).toEqual([]);
  expect(slack.live.filter(({ threadTs }) => threadTs === null)).toHaveLength(1);

  expect(await audit()).toEqual([
    "Ana Brandt resolve #1",
    "Ana Brandt acknowledge #1",
    "mallory (slack:U0666666666) turned_away resolve #1: not among the people of security-alerts",
  ]);
  expect(desk.logLines.join("")).not.toContain(usualSigningSecret);
});

it("without an open port, over Socket Mode: delivered twice it is done once, also over a new connection", async () => {
  await desk.start(config(`app_token: { file: SECRETS/app-token }`));
  desk.append(wazuhAlert({ id: "5763", level: 10, description: "sshd: brute force", groups: ["sshd"] }));
  await expect.poll(() => slack.live.length, LONG).toBe(1);
  await expect.poll(() => socketMode.isConnected, LONG).toBe(true);

  const press = pressPayload(head(), "Acknowledge", { trigger: "1", responseUrl: `${served.url}${RESPONSE_PATH}` });
  socketMode.deliver("e1", "interactive", press);
  await expect.poll(lines, LONG).toMatch(/^Medium, acknowledged · sshd[^]*acknowledged by Ana Brandt/);
  expect(labelsOf(head())).toEqual(["Resolve", "Take it", "False positive"]);

  // Slack did not see the acknowledgement, renews the connection, and delivers the press again.
  socketMode.cut();
  await expect.poll(() => socketMode.connections, LONG).toBe(2);
  await expect.poll(() => socketMode.isConnected, LONG).toBe(true);
  socketMode.deliver("e1", "interactive", press);
  socketMode.deliver("e2", "slash_commands", slashFields("list", { trigger: "2" }));
  await expect.poll(() => socketMode.acknowledged.map(({ envelope }) => envelope), LONG).toEqual(["e1", "e1", "e2"]);
  expect(socketMode.acknowledged.at(-1)?.payload).toMatchObject({ text: expect.stringMatching(/^\*#1\* Medium/) });
  expect(await audit()).toEqual(["Ana Brandt acknowledge #1"]);
  expect(slack.whispered).toEqual([]);
  expect(desk.logLines.join("")).not.toContain(usualAppToken);
});

it("what is silenced says so with until when and by whom, and goes on counting; lifted it says so no more", async () => {
  await desk.start(config(SIGNED));
  const alert = (n: number) =>
    wazuhAlert({ id: "5763", level: 10, description: `sshd: brute force ${n}`, groups: ["sshd"] });
  desk.append(alert(1));
  await expect.poll(() => slack.live.length, LONG).toBe(1);

  await press("Silence for 1 hour", "1");
  await expect.poll(lines, LONG).toMatch(/Silenced\W+until .* by Ana Brandt: news of it is not told before then/);
  desk.append(alert(2));
  await expect.poll(lines, LONG).toMatch(/Alerts\W+2\n/);
  expect(slack.repliesTo(head())).toEqual([]);

  await press("Take it", "2");
  await expect.poll(lines, LONG).toMatch(/acknowledged by Ana Brandt · Ana Brandt has it/);
  expect(slack.repliesTo(head())).toEqual([]);
  await press("Lift the silence", "3");
  await expect.poll(lines, LONG).not.toContain("Silenced");
  await expect.poll(() => slack.repliesTo(head()).length, LONG).toBe(1);
  expect(await audit()).toEqual([
    "Ana Brandt lift_silence #1",
    "Ana Brandt acknowledge #1",
    "Ana Brandt assign #1 to Ana Brandt",
    "Ana Brandt add_silence #1",
  ]);
});
