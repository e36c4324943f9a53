import { parseJsonObject, type JsonObject } from "./json.ts";
import { refusePayload } from "./slack-payload.ts";
import { renderMessage, renderNotification } from "./slack-text.ts";
import { pathWithoutQuery, textAnswer, type Vendor, type VendorAnswer, type VendorRequest } from "./vendor.ts";

export { liveMarkup } from "./slack-markup.ts";

/** Slack's incoming webhooks: each posts to one channel, says `ok`, and never says which message it made. */
export class FakeSlackWebhooks implements Vendor {
  readonly posted: PostedMessage[] = [];
  /** Every call that came, answered with whatever. */
  readonly calls: SlackCall[] = [];
  /** Calls that came before the time that an earlier `Retry-After` to the same channel asked for. */
  readonly impatient: SlackCall[] = [];
  /** Answers to give to the next calls instead of doing anything, first in first out. */
  readonly scripted: VendorAnswer[] = [];
  readonly #hooks = new Map<string, Hook>();
  readonly #paces = new Map<string, Pace>();
  readonly #intervalMs: number;
  readonly #burst: number;
  readonly #revokeAfterImpatient: number | null;

  constructor(options: SlackWebhooksOptions = {}) {
    // docs.slack.dev/apis/web-api/rate-limits: one message a second a channel, short bursts tolerated.
    this.#intervalMs = options.intervalMs ?? 1_000;
    this.#burst = options.burst ?? 4;
    this.#revokeAfterImpatient = options.revokeAfterImpatient ?? null;
    for (const [path, channel] of Object.entries(options.channels ?? { [usualHookPath]: "#security-alerts" })) {
      this.#hooks.set(path, { channel, state: "active" });
    }
  }

  handle(request: VendorRequest, nowMs: number): VendorAnswer {
    const path = pathWithoutQuery(request.path);
    const hook = this.#hooks.get(path);
    const [answer, why] = this.#answer(request, path, hook, nowMs);
    const call = { at: nowMs, path, status: answer.status, body: answer.body, why };
    this.calls.push(call);
    if (hook !== undefined) this.#watchPatience(hook, call, answer);
    return answer;
  }

  /** What an administrator of the workspace, or the channel's archiving, does to a webhook. */
  setState(state: HookState, path: string = usualHookPath): void {
    const hook = this.#hooks.get(path);
    if (hook === undefined) throw new Error(`no webhook at ${path}`);
    hook.state = state;
  }

  /** One more webhook, as when an app is added to a channel again. */
  add(path: string, channel: string): void {
    this.#hooks.set(path, { channel, state: "active" });
  }

  #answer(request: VendorRequest, path: string, hook: Hook | undefined, nowMs: number): [VendorAnswer, string | null] {
    if (hook === undefined) return [textAnswer(404, "no_service"), null];
    if (request.method !== "POST") return [textAnswer(405, "method_not_allowed"), null];
    const scripted = this.scripted.shift();
    if (scripted !== undefined) return [scripted, "scripted"];
    const closed = closedAnswer(hook.state);
    if (closed !== null) return [closed, hook.state];
    const waitMs = this.#takeTurn(hook.channel, nowMs);
    if (waitMs > 0) return [rateLimited(Math.ceil(waitMs / 1_000)), `${waitMs} ms too early`];

    const payload = readPayload(request);
    if (payload === null) return [textAnswer(400, "invalid_payload"), "not a JSON object"];
    const refusal = refusePayload(payload);
    if (refusal !== null) return [textAnswer(400, refusal.error), refusal.why];
    const text = renderMessage(payload);
    const notification = renderNotification(payload);
    this.posted.push({ at: nowMs, path, channel: hook.channel, payload, text, notification });
    return [textAnswer(200, "ok"), null];
  }

  /** How long the channel must still rest; 0 takes a turn. */
  #takeTurn(channel: string, nowMs: number): number {
    const pace = this.#paceOf(channel);
    const waitMs = pace.restedAt - (this.#burst - 1) * this.#intervalMs - nowMs;
    if (waitMs > 0) return waitMs;
    pace.restedAt = Math.max(pace.restedAt, nowMs) + this.#intervalMs;
    return 0;
  }

  #watchPatience(hook: Hook, call: SlackCall, answer: VendorAnswer): void {
    const pace = this.#paceOf(hook.channel);
    if (call.at < pace.retryAt) {
      this.impatient.push(call);
      if (this.impatient.length === this.#revokeAfterImpatient) hook.state = "revoked";
    }
    const seconds = answer.status === 429 ? Number(answer.headers["retry-after"] ?? 0) : 0;
    if (seconds > 0) pace.retryAt = call.at + seconds * 1_000;
  }

  #paceOf(channel: string): Pace {
    const known = this.#paces.get(channel) ?? { restedAt: 0, retryAt: 0 };
    this.#paces.set(channel, known);
    return known;
  }
}

export const usualHookPath = "/services/T0000000/B0000000/xxxxxxxxxxxxxxxxxxxxxxxx";

export interface SlackWebhooksOptions {
  /** Channel by webhook path; the pace is the channel's, however many webhooks post to it. */
  readonly channels?: Readonly<Record<string, string>>;
  readonly intervalMs?: number;
  readonly burst?: number;
  /** Slack threatens to disable an app that goes on regardless and names no figure; null is never. */
  readonly revokeAfterImpatient?: number | null;
}

export type HookState = "active" | "revoked" | "archived" | "prohibited" | "troubled";

export interface PostedMessage {
  readonly at: number;
  readonly path: string;
  readonly channel: string;
  readonly payload: JsonObject;
  /** As a person reads it in the channel. */
  readonly text: string;
  readonly notification: string | null;
}

export interface SlackCall {
  readonly at: number;
  readonly path: string;
  readonly status: number;
  readonly body: string;
  /** For a failing test to show; Slack does not tell. */
  readonly why: string | null;
}

interface Hook {
  readonly channel: string;
  state: HookState;
}

interface Pace {
  /** When the channel will have rested from every call so far. */
  restedAt: number;
  /** The end of the last `Retry-After`. */
  retryAt: number;
}

function closedAnswer(state: HookState): VendorAnswer | null {
  switch (state) {
    case "active":
      return null;
    case "revoked":
      return textAnswer(404, "no_service");
    case "archived":
      return textAnswer(410, "channel_is_archived");
    case "prohibited":
      return textAnswer(403, "action_prohibited");
    case "troubled":
      return textAnswer(500, "rollup_error");
  }
}

function rateLimited(seconds: number): VendorAnswer {
  return textAnswer(429, "rate_limited", { "retry-after": String(seconds) });
}

/** JSON, or the older form with the JSON in a field named `payload`. */
function readPayload({ headers, body }: VendorRequest): JsonObject | null {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return parseJsonObject(body);
  if (type !== "application/x-www-form-urlencoded") return null;
  return parseJsonObject(new URLSearchParams(body).get("payload") ?? "");
}
