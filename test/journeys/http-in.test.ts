// Who sends alerts over HTTP, as a user sees it: from the token in the config to the message in the channel.
import { afterEach, beforeEach, expect, it } from "vitest";
import { askSocket, type Answer } from "../../src/http/client.ts";
import type { SourceList } from "../../src/http/status-routes.ts";
import type { QuarantinePage } from "../../src/http/quarantine-routes.ts";
import { renderSources } from "../../src/cli/render-sources.ts";
import { openWazuhApiRig } from "../fixtures/wazuh-api-rig.ts";
import { usualPassword } from "../fakes/wazuh-api/wazuh-api.ts";
import { passwordGuess, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { postAlerts } from "../fixtures/post-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const TOKEN = "a-token-for-tests-only-0123456789abcdef";
const HTTP = `
http:
  listen: "127.0.0.1:0"
  tokens:
    - { name: master, secret: { file: SECRETS/token }, may: [send] }
    - { name: worker, secret: { file: SECRETS/worker-token }, may: [send] }
    - { name: viewer, secret: { file: SECRETS/viewer-token }, role: viewer }`;
const POLICIES = `
destinations: { chat: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies: [{ name: guesses, when: { rule.id: 120100 }, group_by: [data.dstuser], tell: [chat] }]`;
const FROM_HTTP = { alerts: "{ from: http, name: forwarders }" };

let desk: RiposteDesk;

async function open(hurry?: number): Promise<void> {
  desk = await RiposteDesk.open(hurry === undefined ? {} : { hurry });
  desk.secret("token", TOKEN);
  desk.secret("worker-token", `worker-${TOKEN}`);
  desk.secret("viewer-token", `viewer-${TOKEN}`);
}

beforeEach(() => open());
afterEach(() => desk.close());

const ndjson = (...alerts: readonly object[]): string => alerts.map((alert) => `${JSON.stringify(alert)}\n`).join("");
const asked = async <Body>(path: string): Promise<Body> =>
  ((await askSocket(desk.socketPath, "a test")({ method: "GET", path })) as Answer & { body: Body }).body;

it("what a sender sends is told, and what it is told is how each line ended", async () => {
  await desk.start(`${HTTP}${POLICIES}`, FROM_HTTP);

  const answer = await postAlerts(desk.httpAddress, TOKEN, `${ndjson(passwordGuess("ana"))}{"half":\n`);
  await desk.slackServed.arrived(1);

  expect(answer).toMatchObject({ status: 200, body: { read: 2, kept: 1, malformed: 1, refused: [{ line: 2 }] } });
  const { sources } = await asked<SourceList>("/v1/sources");
  expect(sources.map(({ name, addsUp }) => [name, addsUp])).toEqual([
    ["forwarders/master", true],
    ["forwarders/worker", true],
  ]);
  const text = renderSources(sources, (_, shown) => shown);
  expect(text).toContain("forwarders/worker: not heard of since Riposte started");
  expect(text).toMatch(/forwarders\/master: heard of .*, last batch .* with 2 lines, and says nothing while/);
  const path = `/v1/quarantine?source=${encodeURIComponent("forwarders/master")}`;
  expect((await asked<QuarantinePage>(path)).lines).toMatchObject([{ why: "not_json", raw: '{"half":' }]);
  const one = `/v1/quarantine/${encodeURIComponent("forwarders/master")}/1`;
  expect(await asked(one)).toMatchObject({ line: { n: 1 } });
  const page = await (await fetch(`http://${desk.httpAddress}/metrics`)).text();
  expect(page).toContain('riposte_source_batches_total{source="forwarders/master",status="200"} 1');
  expect(page).toMatch(/riposte_source_heard_timestamp_seconds\{source="forwarders\/master"\} \d+/);
  expect((await fetch(`http://${desk.httpAddress}/readyz`)).status).toBe(200);
});

it("nobody sends who may not, and nothing of a secret is in the log", async () => {
  await desk.start(`${HTTP}${POLICIES}`, FROM_HTTP);
  const body = ndjson(passwordGuess("ana"));

  const answers = [
    await postAlerts(desk.httpAddress, `viewer-${TOKEN}`, body),
    await postAlerts(desk.httpAddress, "no-such-token", body),
  ];

  expect(answers.map(({ status }) => status)).toEqual([403, 401]);
  expect(desk.logLines.join("")).not.toContain(TOKEN);
});

it("two senders that bring the same alert have it counted once, and again after a restart", async () => {
  const alert = passwordGuess("ana");
  await desk.start(`${HTTP}${POLICIES}`, FROM_HTTP);
  await postAlerts(desk.httpAddress, TOKEN, ndjson(alert));
  const second = await postAlerts(desk.httpAddress, `worker-${TOKEN}`, ndjson(alert));
  await desk.slackServed.arrived(1);
  await desk.stop();

  await desk.start(`${HTTP}${POLICIES}`, FROM_HTTP);
  const third = await postAlerts(
    desk.httpAddress,
    TOKEN,
    ndjson(alert, wazuhAlert({ id: "5710", level: 5, description: "x" })),
  );

  expect([second.body.duplicate, third.body.duplicate, third.body.ignored]).toEqual([1, 1, 1]);
  expect(desk.slackServed.requests).toHaveLength(1);
});

it("a node of the cluster from which nobody sends is told of by name, and again when it is over", async () => {
  await desk.close();
  await open(100);
  const { fake, served, caPath } = await openWazuhApiRig();
  fake.nodes = [
    { name: "master", ip: "wazuh-master" },
    { name: "worker-1", ip: "192.0.2.7" },
  ];
  desk.secret("wazuh-api", usualPassword);
  const api = `api: { url: "${served.url}", user: riposte, password: { file: ${desk.directory}/wazuh-api }, ca: ${caPath} }`;
  await desk.start(`${HTTP}${POLICIES}`, { ...FROM_HTTP, wazuh: api });
  const beat = (node: string): Promise<unknown> =>
    postAlerts(desk.httpAddress, node === "master" ? TOKEN : `worker-${TOKEN}`, "", {
      "riposte-node": `wazuh/${node}`,
      "riposte-read-to": new Date(desk.clock.now()).toISOString(),
    });
  const told = (says: RegExp): boolean => desk.slackServed.requests.some(({ body }) => says.test(body));

  while (!told(/No alerts come from the Wazuh node worker-1/)) await beat("master");
  while (!told(/No alerts come from the Wazuh node worker-1: that is over/)) {
    await beat("master");
    await beat("worker-1");
  }

  expect(told(/Wazuh node master/)).toBe(false);
});
