import { WebClient, type WebClientOptions } from "@slack/web-api";
import { afterEach, describe, expect, test } from "vitest";
import { serveVendor, type ServedVendor } from "../serve.ts";
import { FakeSlackApp, usualBotToken, type SlackAppOptions } from "./slack-app.ts";

// The official client, so that what the fake takes and answers is what Slack's own code sends and reads.
let served: ServedVendor;
let nowMs = Date.UTC(2026, 7, 20, 9);
afterEach(() => served.close());

async function start(options: SlackAppOptions = {}, client: WebClientOptions = {}) {
  const fake = new FakeSlackApp(options);
  served = await serveVendor(fake, { now: () => nowMs });
  const web = new WebClient(usualBotToken, {
    slackApiUrl: `${served.url}/api/`,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    ...client,
  });
  return { fake, web };
}

const MARK = { event_type: "riposte_step", event_payload: { mark: "rp-test-1-soc-1" } };

describe("a fake Slack, as its own client sees it", () => {
  test("a message is posted, found by its metadata, edited, answered in its thread, and deleted", async () => {
    const { web } = await start();
    const posted = await web.chat.postMessage({ channel: "#security-alerts", text: "it began", metadata: MARK });
    expect(posted).toMatchObject({ ok: true, channel: "C000000000", ts: expect.stringMatching(/^\d{10}\.\d{6}$/) });
    const [channel, ts] = [posted.channel!, posted.ts!];

    const blocks = [{ type: "section", text: { type: "mrkdwn", text: "it goes on" } }];
    await web.chat.update({ channel, ts, text: "it goes on", blocks });
    await web.chat.postMessage({ channel, thread_ts: ts, text: "news", reply_broadcast: true });
    await web.chat.postMessage({ channel, thread_ts: ts, text: "a word" });

    const { messages = [] } = await web.conversations.history({ channel, include_all_metadata: true });
    expect(messages.map(({ text }) => text)).toEqual(["news", "it goes on"]);
    expect(messages[1]).toMatchObject({ ts, metadata: MARK, reply_count: 2 });
    const thread = await web.conversations.replies({ channel, ts });
    expect(thread.messages?.map(({ text }) => text)).toEqual(["it goes on", "news", "a word"]);
    expect(thread.messages?.[0]?.metadata).toBeUndefined();

    await web.chat.delete({ channel, ts });
    const left = await web.conversations.history({ channel });
    expect(left.messages?.map(({ subtype }) => subtype)).toEqual(["thread_broadcast", "tombstone"]);
  });

  test("pages of history are read by their cursors, and end", async () => {
    const { fake, web } = await start({ mostAPage: 3 });
    for (let n = 0; n < 8; n += 1) fake.postByPerson("security-alerts", `${n}`, nowMs);
    const seen: (string | undefined)[] = [];
    for await (const page of web.paginate("conversations.history", { channel: "C000000000", limit: 100 })) {
      const { messages = [] } = page as { messages?: { text?: string }[] };
      seen.push(...messages.map(({ text }) => text));
    }
    expect(seen).toEqual(["7", "6", "5", "4", "3", "2", "1", "0"]);
  });

  test.each<[string, Partial<SlackAppOptions>, (web: WebClient) => Promise<unknown>]>([
    ["channel_not_found", {}, (web) => web.chat.postMessage({ channel: "#none", text: "x" })],
    ["no_text", {}, (web) => web.chat.postMessage({ channel: "#security-alerts", text: "" })],
    ["message_not_found", {}, (web) => web.chat.update({ channel: "C000000000", ts: "1.000001", text: "x" })],
    ["thread_not_found", {}, (web) => web.conversations.replies({ channel: "C000000000", ts: "1.000001" })],
    [
      "thread_not_found",
      {},
      (web) => web.chat.postMessage({ channel: "C000000000", thread_ts: "1.000001", text: "x" }),
    ],
    [
      "metadata_too_large",
      {},
      (web) => {
        const metadata = { event_type: "a", event_payload: { mark: "x".repeat(20_000) } };
        return web.chat.postMessage({ channel: "C000000000", text: "x", metadata });
      },
    ],
    [
      "invalid_blocks",
      {},
      (web) => {
        const blocks = Array.from({ length: 51 }, () => ({ type: "divider" }));
        return web.chat.postMessage({ channel: "C000000000", text: "x", blocks });
      },
    ],
    [
      "msg_blocks_too_long",
      {},
      (web) => {
        const blocks = Array.from({ length: 5 }, () => {
          return { type: "section", text: { type: "mrkdwn", text: "x".repeat(2_900) } };
        });
        return web.chat.postMessage({ channel: "C000000000", text: "x", blocks });
      },
    ],
    ["missing_scope", { scopes: [] }, (web) => web.chat.postMessage({ channel: "C000000000", text: "x" })],
    [
      "not_in_channel",
      { channels: [{ name: "open", isMember: false }] },
      (web) => web.chat.postMessage({ channel: "#open", text: "x" }),
    ],
    [
      "channel_not_found",
      { channels: [{ name: "closed", isMember: false, isPrivate: true }] },
      (web) => web.chat.postMessage({ channel: "#closed", text: "x" }),
    ],
    [
      "method_not_supported_for_channel_type",
      { channels: [{ name: "closed", isPrivate: true }], scopes: ["groups:join", "channels:join"] },
      (web) => web.conversations.join({ channel: "C000000000" }),
    ],
  ])("%s is said with a 200", async (error, options, call) => {
    const { web } = await start(options);
    await expect(call(web)).rejects.toMatchObject({ data: { ok: false, error } });
  });

  test("a channel that has had its messages is a 429 with how long to wait, and rests", async () => {
    const { fake, web } = await start();
    const post = () => web.chat.postMessage({ channel: "C000000000", text: "x" });
    for (let n = 0; n < 4; n += 1) await post();
    await expect(post()).rejects.toMatchObject({ code: "slack_webapi_rate_limited_error", retryAfter: 1 });
    await expect(post()).rejects.toThrow();
    expect(fake.pace.impatient).toBe(1);
    nowMs += 1_000;
    await post();
  });

  test("the app learns who it is, and where it is", async () => {
    const { web } = await start({ channels: [{ name: "a" }, { name: "b" }, { name: "c", isPrivate: true }] });
    expect(await web.auth.test()).toMatchObject({ url: "https://fake-soc.slack.com/", user: "riposte" });
    const first = await web.conversations.list({ limit: 1 });
    expect(first.channels?.map(({ name }) => name)).toEqual(["a"]);
    const cursor = first.response_metadata?.next_cursor ?? "";
    const rest = await web.conversations.list({ limit: 5, cursor, types: "public_channel,private_channel" });
    expect(rest.channels?.map(({ name }) => name)).toEqual(["b", "c"]);
  });
});
