// Socket Mode by Slack's own SDK over real sockets, against a stand-in of Slack's end.
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeSlackApp } from "../../test/fakes/slack-app/slack-app.ts";
import { FakeSocketMode, usualAppToken } from "../../test/fakes/slack-app/socket-mode.ts";
import { serveVendor, type ServedVendor } from "../../test/fakes/serve.ts";
import { systemClock, type Clock } from "./clock.ts";
import type { Envelope, TakeEnvelope } from "./inbound.ts";
import { SlackSocket } from "./slack-socket.ts";
import { STRAIGHT_OUT } from "./way-out-settings.ts";

const SOON = { timeout: 10_000, interval: 5 };
let fake: FakeSocketMode;
let served: ServedVendor;
let socket: SlackSocket;
let taken: Envelope[];
let told: (string | null)[];
let failed: unknown[];
let unsaid: number;
let waits: number[];
let appToken: string;
/** Whether it is waited for Slack's hello for as long as ever. */
let isPatient: boolean;

/** Waits between attempts pass at once; how long they would have been is kept. */
const hasty: Clock = {
  ...systemClock,
  after: (ms, then) => {
    if (ms === 10_000) return systemClock.after(ms, then);
    if (ms === 30_000) return systemClock.after(isPatient ? ms : 50, then);
    waits.push(ms);
    return systemClock.after(Math.min(ms, 5), then);
  },
};

beforeEach(async () => {
  fake = await FakeSocketMode.open();
  served = await serveVendor(new FakeSlackApp({ socketMode: fake }));
  [taken, told, failed, waits, appToken] = [[], [], [], [], usualAppToken];
  [isPatient, unsaid] = [true, 0];
});
afterEach(async () => {
  await socket.stop();
  await served.close();
  await fake.close();
});

async function open(take: TakeEnvelope = async () => null): Promise<void> {
  socket = new SlackSocket({
    clock: hasty,
    access: async () => ({ appToken, api: `${served.url}/api` }),
    take: (envelope) => {
      taken.push(envelope);
      return take(envelope);
    },
    wayOut: {
      settings: () => STRAIGHT_OUT,
      secrets: { read: async () => ({ kind: "unreadable", why: "none" }) },
      troubled: () => {},
    },
    told: (trouble) => told.push(trouble),
    failed: (error) => failed.push(error),
    unsaid: () => void (unsaid += 1),
  });
  socket.start();
}

const connected = (times: number) => expect.poll(() => fake.connections, SOON).toBe(times);

test("what Slack sends is taken, and acknowledged with the answer", async () => {
  await open(async ({ type }) => (type === "slash_commands" ? { text: "here you are" } : null));
  await connected(1);
  fake.deliver("e1", "interactive", { type: "block_actions" });
  fake.deliver("e2", "slash_commands", { command: "/riposte", text: "x".repeat(70_000) });
  await expect
    .poll(() => fake.acknowledged, SOON)
    .toEqual([
      { envelope: "e1", payload: {} },
      { envelope: "e2", payload: { text: "here you are" } },
    ]);
  expect(taken[0]).toEqual({ type: "interactive", payload: { type: "block_actions" } });
  expect(socket.status()).toEqual({ state: "connected", trouble: null, downSince: null });
  expect(fake.tokens).toEqual([usualAppToken]);
});

test("asked to go elsewhere, or cut off, it connects again, and says nothing of it", async () => {
  await open();
  await connected(1);
  await expect.poll(() => socket.status().state, SOON).toBe("connected");
  fake.warn("refresh_requested");
  await connected(2);
  await expect.poll(() => socket.status().state, SOON).toBe("connected");
  fake.cut();
  await connected(3);
  fake.deliver("e1", "interactive", {});
  await expect.poll(() => fake.acknowledged.length, SOON).toBe(1);
  expect(told.filter((trouble) => trouble !== null)).toEqual([]);
});

test("a connection that Slack closes at once, again and again, is trouble", async () => {
  await open();
  for (let times = 1; times <= 5; times += 1) {
    await connected(times);
    await expect.poll(() => socket.status().state, SOON).toBe("connected");
    fake.warn("link_disabled");
  }
  await expect
    .poll(() => told.find((trouble) => trouble !== null), SOON)
    .toMatch(/^Slack closes each connection at once/);
  expect(waits).toEqual(expect.arrayContaining([1_000, 2_000, 4_000, 8_000]));
  expect(socket.status()).toMatchObject({ downSince: expect.any(Number) });
});

test("refused, it says what to do once, and goes on trying at longer and longer waits", async () => {
  fake.refusals.push("invalid_auth", "invalid_auth", "internal_error");
  await open();
  await connected(1);
  await expect.poll(() => told.at(-1), SOON).toBeNull();
  expect(told).toEqual([
    expect.stringMatching(
      /^apps\.connections\.open: invalid_auth: Slack does not know the app token; make an app-level/,
    ),
    "apps.connections.open: internal_error",
    null,
  ]);
  expect(waits.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
  expect(JSON.stringify(told)).not.toContain(usualAppToken);
});

test("a token that rotated is used with the next connection", async () => {
  appToken = "xapp-old";
  await open();
  await expect.poll(() => fake.tokens.length, SOON).toBeGreaterThan(1);
  appToken = usualAppToken;
  await connected(1);
});

test("what could not be taken is not acknowledged, so that Slack delivers it again", async () => {
  let isFirst = true;
  await open(async () => {
    if (!isFirst) return null;
    isFirst = false;
    throw new Error("a bug");
  });
  await connected(1);
  fake.deliver("e1", "interactive", {});
  await expect.poll(() => failed.length, SOON).toBe(1);
  fake.deliver("e1", "interactive", {});
  await expect.poll(() => fake.acknowledged.length, SOON).toBe(1);
});

test("an answer that the connection did not wait for is lost, and said to be, and nothing else is", async () => {
  const late = Promise.withResolvers<null>();
  await open(() => late.promise);
  await connected(1);
  fake.deliver("e1", "interactive", {});
  await expect.poll(() => taken.length, SOON).toBe(1);
  fake.cut();
  await connected(2);
  late.resolve(null);
  await expect.poll(() => unsaid, SOON).toBe(1);
  expect([failed, fake.acknowledged]).toEqual([[], []]);
});

test("a Slack that takes the connection and says nothing is trouble, and is tried again", async () => {
  [fake.saysHello, isPatient] = [false, false];
  await open();
  await expect.poll(() => told.at(-1), SOON).toBe("Slack gave an address for a connection, and nobody answers there");
  [fake.saysHello, isPatient] = [true, true];
  await expect.poll(() => socket.status().state, SOON).toBe("connected");
});

test("a token that was revoked is said to be, with what to do, and the next one is used", async () => {
  await open();
  await connected(1);
  fake.refusals.push("token_revoked", "token_revoked");
  fake.cut();
  await expect
    .poll(() => told.find((trouble) => trouble !== null), SOON)
    .toMatch(/token_revoked: the app token was revoked; make an app-level token .* put it where app_token says$/);
  await connected(2);
  await expect.poll(() => told.at(-1), SOON).toBeNull();
});

test("stopped, it is gone, also in the middle of connecting", async () => {
  await open();
  await socket.stop();
  expect(socket.status().state).toBe("stopped");
  await open();
  await connected(1);
  await socket.stop();
  await expect.poll(() => fake.isConnected, SOON).toBe(false);
});

test("where nobody answers it waits and says so", async () => {
  await open();
  await connected(1);
  await served.close();
  fake.cut();
  await expect.poll(() => told.at(-1), SOON).toMatch(/^Slack can't be reached/);
  expect(socket.status()).toMatchObject({ downSince: expect.any(Number) });
});
