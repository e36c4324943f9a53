import type { JsonObject } from "../json.ts";
import { countOf, flagOf, textOf } from "./arguments.ts";
import { isLive, micros, repliesTo, type SlackChannel, type SlackMessage } from "./channel.ts";

export type Reply = { readonly value: JsonObject } | { readonly error: string } | { readonly waitSeconds: number };

/** What stands in the channel itself, newest first: no replies but those that were broadcast. */
export function history(channel: SlackChannel, given: JsonObject, mostAPage: number): Reply {
  const shown = channel.messages
    .filter((message) => message.threadTs === null || message.isBroadcast)
    .filter((message) => isLive(message) || isTombstone(channel, message))
    .toSorted((one, other) => micros(other.ts) - micros(one.ts));
  return page(channel, within(shown, given), given, mostAPage);
}

/** The message first, and then what answers it, oldest first. */
export function replies(channel: SlackChannel, given: JsonObject, mostAPage: number): Reply {
  const ts = textOf(given, "ts");
  const parent = channel.messages.find((message) => message.ts === ts);
  if (parent === undefined || (!isLive(parent) && !isTombstone(channel, parent))) return { error: "thread_not_found" };
  const answers = repliesTo(channel, parent.ts).filter(isLive);
  const asked = within(answers, given).toSorted((one, other) => micros(one.ts) - micros(other.ts));
  return page(channel, [parent, ...asked], given, mostAPage);
}

/** Who deletes a message that has answers leaves a place where it was. */
function isTombstone(channel: SlackChannel, message: SlackMessage): boolean {
  return !isLive(message) && repliesTo(channel, message.ts).some(isLive);
}

function within(messages: readonly SlackMessage[], given: JsonObject): readonly SlackMessage[] {
  const [oldest, latest] = [textOf(given, "oldest"), textOf(given, "latest")];
  const least = oldest === null ? -1 : micros(oldest);
  const most = latest === null ? Infinity : micros(latest);
  const isInclusive = flagOf(given, "inclusive");
  return messages.filter(({ ts }) => {
    const at = micros(ts);
    return isInclusive ? at >= least && at <= most : at > least && at < most;
  });
}

const MOST = 999;

function page(channel: SlackChannel, messages: readonly SlackMessage[], given: JsonObject, mostAPage: number): Reply {
  const cursor = textOf(given, "cursor");
  const from = cursor === null ? 0 : Number(/^at:(\d+)$/.exec(cursor)?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) return { error: "invalid_cursor" };
  const size = Math.min(countOf(given, "limit", 100), MOST, mostAPage);
  const to = from + size;
  const withMetadata = flagOf(given, "include_all_metadata");
  return {
    value: {
      messages: messages.slice(from, to).map((message) => shown(channel, message, withMetadata)),
      has_more: to < messages.length,
      ...(to < messages.length && { response_metadata: { next_cursor: `at:${to}` } }),
    },
  };
}

function shown(channel: SlackChannel, message: SlackMessage, withMetadata: boolean): JsonObject {
  const { ts, threadTs, isBroadcast, payload, metadata } = message;
  if (!isLive(message)) return { type: "message", subtype: "tombstone", ts, text: "This message was deleted." };
  const answers = repliesTo(channel, ts).length;
  return {
    type: "message",
    ts,
    ...payload,
    ...(isBroadcast && { subtype: "thread_broadcast" }),
    ...(threadTs !== null ? { thread_ts: threadTs } : answers > 0 && { thread_ts: ts, reply_count: answers }),
    ...(withMetadata && metadata !== null && { metadata }),
  };
}
