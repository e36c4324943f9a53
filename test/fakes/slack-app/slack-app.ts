import { own, ownList, parseJsonObject, type JsonObject } from "../json.ts";
import { refusePayload } from "../slack-payload.ts";
import { renderMessage } from "../slack-text.ts";
import {
  jsonAnswer,
  pathWithoutQuery,
  textAnswer,
  type Vendor,
  type VendorAnswer,
  type VendorRequest,
} from "../vendor.ts";
import { argumentsOf, flagOf, metadataTrouble, textOf } from "./arguments.ts";
import { channelNamed, isLive, nextTs, repliesTo, type SlackChannel, type SlackMessage } from "./channel.ts";
import { channelJson, listChannels } from "./directory.ts";
import { SlackPace } from "./limits.ts";
import type { FakeSocketMode } from "./socket-mode.ts";
import { history, replies, type Reply } from "./reading.ts";

/** The `response_url` of every press, behind the fake's address. */
export const RESPONSE_PATH = "/actions/T00000001/1/x";

export const usualBotToken = "xoxb-fake-slack-token-2b71";

/** The scopes that each method asks for; that of a channel's kind is added where it is known. */
const SCOPE_OF: Readonly<Record<string, string | null>> = {
  "auth.test": null,
  "chat.postMessage": "chat:write",
  "chat.update": "chat:write",
  "chat.delete": "chat:write",
  "conversations.history": "channels:history",
  "conversations.replies": "channels:history",
  "conversations.info": "channels:read",
  "conversations.list": null,
  "conversations.join": "channels:join",
  "users.info": "users:read",
};

export interface SlackAppOptions {
  readonly token?: string;
  readonly scopes?: readonly string[];
  readonly channels?: readonly {
    readonly name: string;
    readonly id?: string;
    readonly isPrivate?: boolean;
    readonly isMember?: boolean;
  }[];
  /** Calls a minute, by method, where they are others than Slack's tiers. */
  readonly aMinute?: Readonly<Record<string, number>>;
  /** Without it Socket Mode is switched off. */
  readonly socketMode?: FakeSocketMode;
  /** Some apps get fifteen messages a page, whatever they ask for. */
  readonly mostAPage?: number;
}

export type TokenState = "active" | "revoked" | "expired" | "uninstalled";

export interface SlackAppCall {
  readonly at: number;
  readonly method: string;
  readonly status: number;
  /** Slack's word; null: it went well. */
  readonly error: string | null;
  /** What Slack keeps to itself and a failing test wants to know. */
  readonly why: string | null;
}

/** A workspace as an app with a bot token meets it: HTTP 200 with a word for nearly everything. */
export class FakeSlackApp implements Vendor {
  readonly channels: SlackChannel[];
  readonly calls: SlackAppCall[] = [];
  /** What was left at the address that comes with a press, which only the person sees. */
  readonly whispered: JsonObject[] = [];
  readonly scopes: Set<string>;
  readonly pace: SlackPace;
  /** Words to refuse the next calls of a method with, first in first out. */
  readonly scripted = new Map<string, string[]>();
  tokenState: TokenState = "active";
  readonly token: string;
  readonly #mostAPage: number;
  readonly #socketMode: FakeSocketMode | null;
  #why: string | null = null;

  constructor(options: SlackAppOptions = {}) {
    this.token = options.token ?? usualBotToken;
    this.scopes = new Set(options.scopes ?? usualScopes);
    this.pace = new SlackPace(options.aMinute);
    this.#socketMode = options.socketMode ?? null;
    this.#mostAPage = options.mostAPage ?? 999;
    this.channels = (options.channels ?? [{ name: "security-alerts" }]).map((given, n) => ({
      id: given.id ?? `C00000000${n}`,
      name: given.name,
      isPrivate: given.isPrivate ?? false,
      isArchived: false,
      isMember: given.isMember ?? true,
      messages: [],
    }));
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    const path = pathWithoutQuery(request.path);
    if (path === RESPONSE_PATH) {
      this.whispered.push(parseJsonObject(request.body) ?? {});
      return textAnswer(200, "ok");
    }
    const method = path.replace(/^.*\/api\//, "");
    if (method === "apps.connections.open") {
      const token = /^Bearer (.+)$/.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
      return jsonAnswer(200, this.#socketMode?.give(token) ?? { ok: false, error: "access_denied" });
    }
    this.#why = null;
    const answer = this.#answer(method, request, nowMs);
    const body = JSON.parse(answer.body) as JsonObject;
    const error = typeof body.error === "string" ? body.error : null;
    this.calls.push({ at: nowMs, method, status: answer.status, error, why: this.#why });
    return {
      ...answer,
      headers: { ...answer.headers, "x-oauth-scopes": [...this.scopes].join(","), date: new Date(nowMs).toUTCString() },
    };
  }

  channel(named: string): SlackChannel {
    const found = channelNamed(this.channels, named);
    if (found === undefined) throw new Error(`no channel ${named}`);
    return found;
  }

  /** All that people see in the channels and their threads. */
  get live(): readonly SlackMessage[] {
    return this.channels.flatMap(({ messages }) => messages.filter(isLive));
  }

  /** As a person reads it. */
  textOf({ payload }: SlackMessage): string {
    return renderMessage(payload);
  }

  repliesTo(message: SlackMessage): readonly SlackMessage[] {
    return repliesTo(this.channel(message.channel), message.ts).filter(isLive);
  }

  postByPerson(channel: string, text: string, nowMs: number, threadTs: string | null = null): SlackMessage {
    return this.#add(this.channel(channel), { text }, null, { threadTs, isBroadcast: false, by: "person" }, nowMs);
  }

  deleteByPerson(message: SlackMessage, nowMs: number): void {
    message.deletedAt = nowMs;
  }

  #answer(method: string, request: VendorRequest, nowMs: number): VendorAnswer {
    if (!Object.hasOwn(SCOPE_OF, method)) return refusal("unknown_method");
    const trouble = this.#tokenTrouble(request);
    if (trouble !== null) return refusal(trouble);
    const word = this.scripted.get(method)?.shift();
    if (word !== undefined) return refusal(word);
    const seconds = this.pace.ofMethod(method, nowMs);
    if (seconds > 0) return limited(seconds);
    const given = argumentsOf(request);
    if (given === null) return refusal("invalid_arguments");
    const missing = this.#missingScope(method, given);
    if (missing !== null) {
      const provided = [...this.scopes].join(",");
      return jsonAnswer(200, { ok: false, error: "missing_scope", needed: missing, provided });
    }
    const reply = this.#do(method, given, nowMs);
    if ("waitSeconds" in reply) return limited(reply.waitSeconds);
    return "error" in reply ? refusal(reply.error) : jsonAnswer(200, { ok: true, ...reply.value });
  }

  #tokenTrouble({ headers }: VendorRequest): string | null {
    const given = /^Bearer (.+)$/.exec(headers["authorization"] ?? "")?.[1];
    if (given === undefined) return "not_authed";
    if (given !== this.token) return "invalid_auth";
    switch (this.tokenState) {
      case "active":
        return null;
      case "revoked":
        return "token_revoked";
      case "expired":
        return "token_expired";
      case "uninstalled":
        return "account_inactive";
    }
  }

  #missingScope(method: string, given: JsonObject): string | null {
    const isPrivate = this.#channelOf(given)?.isPrivate === true;
    const scopes =
      method === "conversations.list"
        ? (textOf(given, "types") ?? "public_channel")
            .split(",")
            .map((type) => (type === "private_channel" ? "groups:read" : "channels:read"))
        : [SCOPE_OF[method] ?? null].map((scope) =>
            isPrivate ? (scope?.replace("channels:", "groups:") ?? null) : scope,
          );
    return scopes.find((scope) => scope !== null && !this.scopes.has(scope)) ?? null;
  }

  #channelOf(given: JsonObject): SlackChannel | undefined {
    return channelNamed(this.channels, textOf(given, "channel") ?? "");
  }

  #do(method: string, given: JsonObject, nowMs: number): Reply {
    if (method === "auth.test") return { value: SELF };
    if (method === "users.info") return { value: { user: { id: textOf(given, "user"), tz: "Europe/Berlin" } } };
    if (method === "conversations.list") return listChannels(this.channels, given);
    const channel = this.#channelOf(given);
    // Of a private channel that it is not in an app knows nothing.
    if (channel === undefined || (channel.isPrivate && !channel.isMember)) return { error: "channel_not_found" };
    switch (method) {
      case "conversations.info":
        return { value: { channel: channelJson(channel) } };
      case "conversations.join":
        return this.#join(channel);
      case "conversations.history":
        return channel.isMember ? history(channel, given, this.#mostAPage) : { error: "not_in_channel" };
      case "conversations.replies":
        return channel.isMember ? replies(channel, given, this.#mostAPage) : { error: "not_in_channel" };
      case "chat.postMessage":
        return this.#post(channel, given, nowMs);
      case "chat.update":
        return this.#update(channel, given);
      default:
        return this.#delete(channel, given, nowMs);
    }
  }

  #join(channel: SlackChannel): Reply {
    if (channel.isPrivate) return { error: "method_not_supported_for_channel_type" };
    if (channel.isArchived) return { error: "is_archived" };
    channel.isMember = true;
    return { value: { channel: channelJson(channel) } };
  }

  #post(channel: SlackChannel, given: JsonObject, nowMs: number): Reply {
    if (channel.isArchived) return { error: "is_archived" };
    if (!channel.isMember) return { error: "not_in_channel" };
    const error = this.#refused(given);
    if (error !== null) return { error };
    const threadTs = textOf(given, "thread_ts");
    if (threadTs !== null && !isThread(channel, threadTs)) return { error: "thread_not_found" };
    const waitSeconds = this.pace.ofChannel(channel.id, nowMs);
    if (waitSeconds > 0) return { waitSeconds };
    const isBroadcast = threadTs !== null && flagOf(given, "reply_broadcast");
    const message = this.#add(
      channel,
      payloadOf(given),
      metadataOf(given),
      { threadTs, isBroadcast, by: "app" },
      nowMs,
    );
    return {
      value: { channel: channel.id, ts: message.ts, message: { type: "message", ts: message.ts, ...message.payload } },
    };
  }

  #update(channel: SlackChannel, given: JsonObject): Reply {
    const message = channel.messages.find(({ ts, deletedAt }) => ts === textOf(given, "ts") && deletedAt === null);
    if (message === undefined) return { error: "message_not_found" };
    if (channel.isArchived) return { error: "is_archived" };
    if (message.by !== "app") return { error: "cant_update_message" };
    if ((textOf(given, "text") ?? "").length > MOST_EDITED_TEXT) return { error: "msg_too_long" };
    const error = this.#refused(given);
    if (error !== null) return { error };
    message.former.push(message.payload);
    message.payload = payloadOf(given);
    // Without the argument what was there stays; an empty one takes it away.
    const metadata = own(given, "metadata");
    if (metadata !== undefined) message.metadata = metadataOf(given);
    return { value: { channel: channel.id, ts: message.ts, text: textOf(given, "text") ?? "" } };
  }

  #delete(channel: SlackChannel, given: JsonObject, nowMs: number): Reply {
    const message = channel.messages.find(({ ts, deletedAt }) => ts === textOf(given, "ts") && deletedAt === null);
    if (message === undefined) return { error: "message_not_found" };
    if (message.by !== "app") return { error: "cant_delete_message" };
    message.deletedAt = nowMs;
    return { value: { channel: channel.id, ts: message.ts } };
  }

  #refused(given: JsonObject): string | null {
    const payload = refusePayload(given);
    this.#why = payload?.why ?? null;
    if (payload !== null) return payload.error === "invalid_payload" ? "invalid_arguments" : payload.error;
    return metadataTrouble(own(given, "metadata"));
  }

  #add(
    channel: SlackChannel,
    payload: JsonObject,
    metadata: JsonObject | null,
    how: Pick<SlackMessage, "threadTs" | "isBroadcast" | "by">,
    nowMs: number,
  ): SlackMessage {
    const ts = nextTs(channel, nowMs);
    const made = { channel: channel.id, ts, ...how, postedAt: nowMs, payload, metadata, former: [], deletedAt: null };
    channel.messages.push(made);
    return made;
  }
}

const usualScopes = [
  "chat:write",
  "channels:history",
  "groups:history",
  "channels:read",
  "groups:read",
  "channels:join",
  "commands",
];
/** What may be posted at ten times that length may not be edited. */
const MOST_EDITED_TEXT = 4_000;

const SELF: JsonObject = {
  url: "https://fake-soc.slack.com/",
  team: "Fake SOC",
  user: "riposte",
  team_id: "T00000001",
  user_id: "U00000001",
  bot_id: "B00000001",
};

/** It is there, and answers nothing itself; or it was deleted and others had answered it. */
function isThread(channel: SlackChannel, ts: string): boolean {
  const parent = channel.messages.find((message) => message.ts === ts);
  if (parent === undefined || parent.threadTs !== null) return false;
  return isLive(parent) || repliesTo(channel, ts).some(isLive);
}

function payloadOf(given: JsonObject): JsonObject {
  return {
    text: textOf(given, "text") ?? "",
    blocks: ownList(given, "blocks"),
    attachments: ownList(given, "attachments"),
  };
}

function metadataOf(given: JsonObject): JsonObject | null {
  const metadata = own(given, "metadata") as JsonObject | undefined;
  return metadata === undefined || Object.keys(metadata).length === 0 ? null : metadata;
}

function refusal(error: string): VendorAnswer {
  return jsonAnswer(200, { ok: false, error });
}

function limited(seconds: number): VendorAnswer {
  return jsonAnswer(429, { ok: false, error: "ratelimited" }, { "retry-after": String(seconds) });
}
