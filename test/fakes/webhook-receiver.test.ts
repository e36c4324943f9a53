import { createHmac } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { request } from "undici";
import { serveVendor } from "./serve.ts";
import { textAnswer } from "./vendor.ts";
import { FakeWebhookReceiver } from "./webhook-receiver.ts";

// The example that the Standard Webhooks libraries test themselves with.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"test": 2432232314}';
const sentAt = 1_614_265_330_000;
const right = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": "1614265330",
  "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

function deliver(receiver: FakeWebhookReceiver, headers: Record<string, string>, nowMs = sentAt, sent = body): number {
  return receiver.handle({ method: "POST", path: "/hook", headers, body: sent }, nowMs).status;
}

test("the published example is believed", () => {
  const receiver = new FakeWebhookReceiver({ secret });

  expect(deliver(receiver, right)).toBe(204);
  expect(receiver.deliveries).toEqual([
    { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: sentAt, body, verified: true, doubt: null },
  ]);
});

test.each([
  [
    "one right signature among several",
    { "webhook-signature": `v1,AAAA v2,x ${right["webhook-signature"]}` },
    0,
    body,
    204,
  ],
  ["five minutes old", {}, 300_000, body, 204],
  ["five minutes early", {}, -300_000, body, 204],
  ["older than five minutes", {}, 300_001, body, 401],
  ["earlier than five minutes", {}, -300_001, body, 401],
  ["another body", {}, 0, `${body} `, 401],
  ["another id", { "webhook-id": "msg_other" }, 0, body, 401],
  ["another second", { "webhook-timestamp": "1614265331" }, 0, body, 401],
  ["a timestamp that is no number", { "webhook-timestamp": "now" }, 0, body, 401],
  ["an unknown version", { "webhook-signature": right["webhook-signature"].replace("v1", "v2") }, 0, body, 401],
  ["no signature", { "webhook-signature": "" }, 0, body, 401],
  ["no id", { "webhook-id": "" }, 0, body, 401],
])("%s", (_, change, lateMs, sent, status) => {
  const receiver = new FakeWebhookReceiver({ secret });

  expect(deliver(receiver, { ...right, ...change }, sentAt + lateMs, sent)).toBe(status);
  expect(receiver.deliveries).toMatchObject([{ verified: status === 204 }]);
});

test("repeats are counted by id, and only those that are believed", () => {
  const receiver = new FakeWebhookReceiver({ secret });

  for (const headers of [right, right, right, { ...right, "webhook-signature": "v1,AAAA" }]) deliver(receiver, headers);

  expect([...receiver.timesById()]).toEqual([["msg_p5jXN8AQM9LWM0D4loKWxJek", 3]]);
  expect(receiver.repeats()).toBe(2);
});

test("after a change of the secret the old signature is refused", () => {
  const receiver = new FakeWebhookReceiver({ secret });

  receiver.changeSecret("whsec_AAAA");

  expect(deliver(receiver, right)).toBe(401);
});

test("over a socket a body beyond ASCII is verified byte for byte, and scripted trouble comes first", async () => {
  const receiver = new FakeWebhookReceiver({ secret });
  receiver.scripted.push(textAnswer(503, ""));
  const served = await serveVendor(receiver);
  onTestFinished(() => served.close());
  const text = '{"summary":"Überfall 🚨"}';
  const seconds = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
  const signature = createHmac("sha256", key).update(`id-1.${seconds}.${text}`).digest("base64");
  const headers = { "webhook-id": "id-1", "webhook-timestamp": seconds, "webhook-signature": `v1,${signature}` };

  const first = await request(`${served.url}/hook`, { method: "POST", headers, body: text });
  const second = await request(`${served.url}/hook`, { method: "POST", headers, body: text });

  expect([first.statusCode, second.statusCode]).toEqual([503, 204]);
  expect(receiver.deliveries).toMatchObject([{ id: "id-1", body: text, verified: true }]);
});
