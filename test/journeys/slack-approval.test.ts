// The original's brute-force workflow with a person in the loop: asked in Slack, approved by a button, done, proven, lifted.
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
import { openRespondingDesk, type RespondingDesk } from "../fixtures/responding-desk.ts";
import { bruteForce, wazuhAlert } from "../fixtures/wazuh-alerts.ts";

const LONG = { timeout: 20_000, interval: 25 };
const ben: FakePerson = { id: "U0999999999", name: "ben" };
let at: RespondingDesk;
let slack: FakeSlackApp;
let served: ServedVendor;
let socketMode: FakeSocketMode;

beforeEach(async () => {
  at = await openRespondingDesk();
  socketMode = await FakeSocketMode.open();
  slack = new FakeSlackApp({ socketMode });
  served = await serveVendor(slack);
  at.desk.secret("slack-token", usualBotToken);
  at.desk.secret("signing-secret", usualSigningSecret);
  at.desk.secret("app-token", usualAppToken);
});
afterEach(async () => {
  await at.close();
  await served.close();
  await socketMode.close();
});

async function begin(wayIn: string, approvers: string): Promise<void> {
  await at.desk.start(
    `
http: { listen: "127.0.0.1:0" }
guardrails: { mode: approve, approvers: { ${approvers} } }
destinations:
  security-alerts:
    type: slack
    token: { file: SECRETS/slack-token }
    ${wayIn}
    people: everyone
    api: "${served.url}/api"
    channel: "#security-alerts"
    pace: { max: 100, per: 1s }
policies:
  - name: brute-force
    when: { rule.id: [5763, 5551, 120100] }
    group_by: [agent.id, data.srcip]
    severity: high
    tell: [security-alerts]
    respond: { do: disable-account, by: companion, lift_after: 10m, only_if: always }`,
    { wazuh: at.wazuh },
  );
  const now = new Date(at.desk.clock.now());
  const failed = { id: "5760", level: 2, description: "sshd: authentication failed." };
  at.desk.append(...Array.from({ length: 7 }, () => wazuhAlert(failed, now)), bruteForce("deploy", now));
  await expect.poll(() => card() !== undefined, LONG).toBe(true);
}

const head = (): SlackMessage => slack.live.filter(({ threadTs }) => threadTs === null)[0]!;
const card = (): SlackMessage | undefined =>
  slack.live.find((message) => message.threadTs !== null && /^\*?R1 /.test(slack.textOf(message)));
const cardText = (): string => slack.textOf(card()!);
const thread = (): string =>
  slack
    .repliesTo(head())
    .map((reply) => slack.textOf(reply))
    .join("\n");

async function deliver(callback: ReturnType<typeof signed>): Promise<Response> {
  return fetch(`http://${at.desk.httpAddress}/v1/hooks/slack`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": callback.timestamp,
      "x-slack-signature": callback.signature,
    },
    body: callback.body,
  });
}

const responseUrl = (): string => `${served.url}${RESPONSE_PATH}`;
const pressed = (label: string, trigger: string, person: FakePerson = ana): string =>
  formOf(pressPayload(card()!, label, { person, trigger, responseUrl: responseUrl() }), "press");
const press = (...of: Parameters<typeof pressed>): Promise<Response> =>
  deliver(signed(pressed(...of), at.desk.clock.now()));
const said = (): readonly string[] => slack.whispered.map((told) => String((told as { text?: unknown }).text));

const ask = (method: "GET" | "POST", path: string, body?: object): ReturnType<ReturnType<typeof askSocket>> =>
  askSocket(at.desk.socketPath, "ana")({ method, path, ...(body !== undefined && { body }) });

/** What people wanted, and not what became of the response. */
async function audit(): Promise<readonly string[]> {
  const { body } = (await ask("GET", "/v1/audit")) as Answer & { body: AuditPage };
  const byPeople = body.audit.filter(({ what }) => !what.startsWith("response_") && what !== "config_applied");
  return byPeople.map(({ who, what, about }) => `${who} ${what} ${about}`);
}

it("asked in the thread with all that it is, approved by a button, done, proven, lifted and told", async () => {
  await begin("signing_secret: { file: SECRETS/signing-secret }", `slack: { ${ana.id}: ana }`);
  expect(at.api.orders).toEqual([]);
  expect(labelsOf(card()!)).toEqual(["Approve", "Refuse"]);
  for (const line of [
    "R1 waits for approval",
    "*Action* disable-account: locks an account, by the companion (`riposte-disable-account0`)",
    "*Target* user `deploy`",
    "*Agent* `003` `web-01`, linux, registered",
    "*Lifted* after 10 min, by an order of Riposte's",
    "*May approve* ana; not who asked for it",
  ])
    expect(cardText()).toContain(line);
  await expect.poll(() => slack.textOf(head()), LONG).toContain("*Waits for approval*: R1, in the thread");

  // Who may press in the channel may not approve for that; and a made-up press has no digest of anything.
  await press("Approve", "1", mallory);
  await expect.poll(said, LONG).toEqual([expect.stringContaining("you are not among those who may approve")]);
  const forged = pressed("Approve", "2").replace(/R1\.[0-9a-f]{16}/g, "R1.0123456789abcdef");
  await deliver(signed(forged, at.desk.clock.now()));
  await expect.poll(said, LONG).toHaveLength(2);
  expect(said()[1]).toContain("R1 is not what was shown any more");
  expect(at.api.orders).toEqual([]);

  const captured = signed(pressed("Approve", "3"), at.desk.clock.now());
  expect((await deliver(captured)).status).toBe(200);
  await expect.poll(thread, LONG).toContain("done, and seen on the agent");
  expect(at.agents.holds("003", "deploy")).toBe(true);
  await expect.poll(() => labelsOf(card()!), LONG).toEqual([]);
  expect(cardText()).toMatch(/R1 is approved[^]*\*Approved\* by ana/);
  await expect.poll(() => slack.textOf(head()), LONG).not.toContain("Waits for approval");

  // Sent again: nothing happens a second time.
  expect((await deliver(captured)).status).toBe(409);
  await ask("POST", "/v1/responses/1/lift", {});
  await expect.poll(thread, LONG).toContain("lifted, and seen on the agent");
  expect(at.agents.holds("003", "deploy")).toBe(false);
  expect(at.api.orders.map(({ command }) => command)).toEqual(["riposte-disable-account0", "riposte-disable-account0"]);
  const rows = (await audit()).toReversed();
  expect(rows[0]).toBe(
    `mallory (slack:${mallory.id}) turned_away approve R1 #1: you are not among those who may approve`,
  );
  expect(rows[1]).toBe("ana approval_refused R1: R1 is not what was shown any more: look at it again");
  expect(rows[2]).toMatch(/^ana approve_response R1 [0-9a-f]{16}$/);
  expect(rows.join("\n")).toContain("turned_away approve R1 #1: the very same request was here before");
});

it("over Socket Mode: two people where it takes two, one is not two by terminal and button, and a stop ends it", async () => {
  await begin(
    "app_token: { file: SECRETS/app-token }",
    `people: [ana], slack: { ${ana.id}: ana, ${ben.id}: ben }, four_eyes: [disable-account]`,
  );
  await expect.poll(() => socketMode.isConnected, LONG).toBe(true);
  const send = (envelope: string, label: string, person: FakePerson): void =>
    socketMode.deliver(
      envelope,
      "interactive",
      pressPayload(card()!, label, { person, trigger: envelope, responseUrl: responseUrl() }),
    );
  const { body } = (await ask("GET", "/v1/responses/1")) as Answer & { body: { digest: string } };
  expect(await ask("POST", "/v1/responses/1/approve", { digest: body.digest })).toMatchObject({ status: 200 });
  await expect.poll(cardText, LONG).toMatch(/\*Approved\* by ana[^]*2 different people, 1 still missing/);

  send("e1", "Approve", ana);
  await expect.poll(said, LONG).toEqual([expect.stringContaining("ana has approved it already")]);
  expect(at.api.orders).toEqual([]);

  socketMode.deliver("e2", "slash_commands", slashFields("stop we are under test", { person: mallory, trigger: "e2" }));
  socketMode.deliver("e3", "slash_commands", slashFields("stop we are under test", { person: ben, trigger: "e3" }));
  await expect.poll(cardText, LONG).toMatch(/R1 is not done[^]*ben has stopped all responses/);
  expect(labelsOf(card()!)).toEqual([]);
  expect(at.api.orders).toEqual([]);
  const answers = socketMode.acknowledged
    .map(({ envelope, payload }) => `${envelope} ${JSON.stringify(payload)}`)
    .join();
  expect(answers).toMatch(/e2 [^]*you are not among those who may approve/);
  expect(answers).toMatch(/e3 [^]*Stopped by ben/);
  expect((await audit())[0]).toBe("ben stop_responses we are under test");
});
