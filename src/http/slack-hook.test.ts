import { afterAll, beforeAll, expect, test } from "vitest";
import { signed, type SlackCallback } from "../../test/fakes/slack-app/person.ts";
import { SlackHookRig } from "../../test/fixtures/slack-hook-rig.ts";
import { createPublicDoor } from "./api.ts";

const PATH = "/v1/hooks/slack";

let desk: SlackHookRig;
beforeAll(async () => {
  desk = await SlackHookRig.open();
});
afterAll(() => desk.rig.close());

async function post({ timestamp, signature, body }: SlackCallback, more: Record<string, string> = {}) {
  const door = createPublicDoor({ ...desk.rig.parts, slackHook: desk.hook });
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "X-Slack-Request-Timestamp": timestamp,
    "X-Slack-Signature": signature,
    ...more,
  };
  const answer = await door.request(PATH, { method: "POST", headers, body });
  return { status: answer.status, text: await answer.text() };
}

test("Slack needs no token: what it signed is done, and answered with nothing", async () => {
  expect(await post(await desk.press("Acknowledge"))).toEqual({ status: 200, text: "" });
  expect(await desk.stateOf(1)).toBe("acknowledged");
});

test("a slash command is answered with what the person alone sees", async () => {
  const { status, text } = await post(desk.slash("show 2"));
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ response_type: "ephemeral", text: expect.stringContaining("*#2*") });
});

test("what is not signed with our secret is nobody's, and what comes twice is refused", async () => {
  const callback = await desk.press("Resolve", 2);
  expect(await post({ ...callback, signature: `v0=${"0".repeat(64)}` })).toMatchObject({ status: 401 });
  expect(await post(signed(callback.body, desk.rig.clock.now(), "not-the-secret-of-this-app"))).toMatchObject({
    status: 401,
  });
  expect(await desk.stateOf(2)).toBe("open");
  expect(await post(callback)).toMatchObject({ status: 200 });
  expect(await post(callback)).toMatchObject({ status: 409, text: expect.stringContaining("was here before") });
});

test("a body that is too large or of another kind is refused before it is signed by anybody", async () => {
  const large = `payload=${"x".repeat(600_000)}`;
  expect(await post(signed(large, desk.rig.clock.now()))).toMatchObject({ status: 413 });
  const json = await post(signed("{}", desk.rig.clock.now()), { "Content-Type": "application/json" });
  expect(json).toMatchObject({ status: 415 });
});

test("signed noise is taken and does nothing", async () => {
  for (const body of [
    "",
    "payload=",
    "payload=%7B",
    "ssl_check=1&token=x",
    "\u0000\uffff",
    "payload=[]&command=/riposte",
  ])
    expect(await post(signed(body, desk.rig.clock.now()))).toEqual({ status: 200, text: "" });
});

test("while no server runs nothing of Slack's is taken", async () => {
  const answer = await createPublicDoor(desk.rig.parts).request(PATH, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: "payload=%7B%7D",
  });
  expect(answer.status).toBe(401);
});
