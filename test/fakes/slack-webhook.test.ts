import { IncomingWebhook, IncomingWebhookHTTPError } from "@slack/webhook";
import { expect, onTestFinished, test } from "vitest";
import { request } from "undici";
import { serveVendor } from "./serve.ts";
import { FakeSlackWebhooks, usualHookPath, type HookState } from "./slack-webhook.ts";
import { textAnswer, type VendorAnswer } from "./vendor.ts";

const json = { "content-type": "application/json" };

function post(slack: FakeSlackWebhooks, nowMs: number, path: string = usualHookPath): VendorAnswer {
  return slack.handle({ method: "POST", path, headers: json, body: '{"text":"hello"}' }, nowMs);
}

async function serveSlack(slack: FakeSlackWebhooks): Promise<{ url: string; webhook: IncomingWebhook }> {
  const served = await serveVendor(slack);
  onTestFinished(() => served.close());
  const url = `${served.url}${usualHookPath}`;
  return { url, webhook: new IncomingWebhook(url) };
}

test("Slack's own client posts a message, and gets no more than ok", async () => {
  const slack = new FakeSlackWebhooks();
  const { webhook } = await serveSlack(slack);

  const result = await webhook.send({
    text: "Agent &lt;007&gt; is lost",
    blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Agent* &lt;007&gt; is lost" } }],
  });

  expect(result.text).toBe("ok");
  expect(slack.posted).toMatchObject([
    { channel: "#security-alerts", text: "*Agent* <007> is lost", notification: "Agent <007> is lost" },
  ]);
});

test("Slack's own client posts the stock attachment", async () => {
  const slack = new FakeSlackWebhooks();
  const { webhook } = await serveSlack(slack);

  await webhook.send({
    attachments: [{ color: "danger", pretext: "Wazuh Alert", title: "sshd", text: "log", ts: "1580123327.49031" }],
  });

  expect(slack.posted[0]?.text).toBe("Wazuh Alert\nsshd\nlog");
});

test.each<[HookState, number, string]>([
  ["revoked", 404, "no_service"],
  ["archived", 410, "channel_is_archived"],
  ["prohibited", 403, "action_prohibited"],
  ["troubled", 500, "rollup_error"],
])("to Slack's own client a webhook that is %s says %i %s", async (state, statusCode, body) => {
  const slack = new FakeSlackWebhooks();
  slack.setState(state);
  const { webhook } = await serveSlack(slack);

  const error: unknown = await webhook.send("hello").catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(IncomingWebhookHTTPError);
  expect(error).toMatchObject({ statusCode, body });
  expect(slack.posted).toEqual([]);
});

test.each([
  ["a broken payload", json, "{", "invalid_payload"],
  ["no content type", {}, '{"text":"x"}', "invalid_payload"],
  ["a form without payload", { "content-type": "application/x-www-form-urlencoded" }, "text=x", "invalid_payload"],
  ["nothing to say", json, "{}", "no_text"],
  [
    "too many blocks",
    json,
    JSON.stringify({ blocks: Array.from({ length: 51 }, () => ({ type: "divider" })) }),
    "invalid_blocks",
  ],
])("%s is a 400 %s", async (_, headers, body, expected) => {
  const slack = new FakeSlackWebhooks();
  const { url } = await serveSlack(slack);

  const answer = await request(url, { method: "POST", headers, body });

  expect([answer.statusCode, await answer.body.text()]).toEqual([400, expected]);
  expect(slack.calls[0]?.why).not.toBeNull();
});

test("the older form with a field named payload is posted", async () => {
  const slack = new FakeSlackWebhooks();
  const { url } = await serveSlack(slack);
  const body = new URLSearchParams({ payload: '{"text":"hello"}' }).toString();

  const answer = await request(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });

  expect(answer.statusCode).toBe(200);
  expect(slack.posted).toMatchObject([{ text: "hello" }]);
});

test("an unknown webhook and another method are refused", () => {
  const slack = new FakeSlackWebhooks();

  expect(post(slack, 0, "/services/T1/B1/other")).toMatchObject({ status: 404, body: "no_service" });
  expect(slack.handle({ method: "GET", path: usualHookPath, headers: {}, body: "" }, 0).status).toBe(405);
});

test("a short burst passes, then one a second, and Retry-After says truly when", () => {
  const slack = new FakeSlackWebhooks({ burst: 3, intervalMs: 1_000 });

  const burst = [0, 0, 0].map((at) => post(slack, at).status);
  const early = post(slack, 400);
  const rested = [1_400, 1_500, 2_000].map((at) => post(slack, at).status);

  expect(burst).toEqual([200, 200, 200]);
  expect(early).toMatchObject({ status: 429, body: "rate_limited", headers: { "retry-after": "1" } });
  expect(rested).toEqual([200, 429, 200]);
});

test("whoever keeps to one a second is never limited", () => {
  const slack = new FakeSlackWebhooks({ burst: 1 });

  const statuses = Array.from({ length: 60 }, (_, second) => post(slack, second * 1_000).status);

  expect(new Set(statuses)).toEqual(new Set([200]));
});

test("the pace is the channel's, not the webhook's", () => {
  const channels = { "/services/T/B/1": "#one", "/services/T/B/2": "#one", "/services/T/B/3": "#three" };
  const slack = new FakeSlackWebhooks({ channels, burst: 1 });

  expect(Object.keys(channels).map((path) => post(slack, 0, path).status)).toEqual([200, 429, 200]);
});

test("who goes on before Retry-After is noted, and in the end loses the webhook", () => {
  const slack = new FakeSlackWebhooks({ burst: 1, revokeAfterImpatient: 2 });

  const statuses = [0, 1, 2, 3, 60_000].map((at) => post(slack, at).status);

  expect(statuses).toEqual([200, 429, 429, 429, 404]);
  expect(slack.impatient.map((call) => call.at)).toEqual([2, 3]);
});

test("a scripted answer comes once, instead of the message", () => {
  const slack = new FakeSlackWebhooks();
  slack.scripted.push(textAnswer(500, "rollup_error"));

  expect([post(slack, 0).body, post(slack, 0).body]).toEqual(["rollup_error", "ok"]);
  expect(slack.posted).toHaveLength(1);
});
