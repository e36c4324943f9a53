/** Calls a minute that Slack takes of one app for one method in one workspace, by its tiers. */
const A_MINUTE: Readonly<Record<string, number>> = {
  "chat.update": 50,
  "chat.delete": 50,
  "conversations.history": 50,
  "conversations.replies": 50,
  "conversations.list": 20,
  "conversations.info": 50,
  "conversations.join": 50,
  "users.info": 100,
  "auth.test": 600,
};
/** Messages to one channel: one a second, and some in a burst. */
const CHANNEL_MS = 1_000;
const BURST = 4;
const MINUTE_MS = 60_000;

/** Counts calls and says how long a caller has to wait. */
export class SlackPace {
  /** Calls that came before the time that an earlier answer had asked for. */
  impatient = 0;
  readonly #recent = new Map<string, number[]>();
  readonly #restedAt = new Map<string, number>();
  readonly #retryAt = new Map<string, number>();
  readonly #aMinute: Readonly<Record<string, number>>;

  constructor(aMinute: Readonly<Record<string, number>> = {}) {
    this.#aMinute = { ...A_MINUTE, ...aMinute };
  }

  /** Seconds to wait; 0: it may. */
  ofMethod(method: string, nowMs: number): number {
    const most = this.#aMinute[method];
    if (most === undefined) return 0;
    const recent = (this.#recent.get(method) ?? []).filter((at) => at > nowMs - MINUTE_MS);
    this.#recent.set(method, recent);
    if (recent.length < most) {
      recent.push(nowMs);
      return 0;
    }
    return this.#refused(method, (recent[0] ?? nowMs) + MINUTE_MS - nowMs, nowMs);
  }

  ofChannel(channel: string, nowMs: number): number {
    const restedAt = this.#restedAt.get(channel) ?? 0;
    const waitMs = restedAt - (BURST - 1) * CHANNEL_MS - nowMs;
    if (waitMs > 0) return this.#refused(channel, waitMs, nowMs);
    this.#restedAt.set(channel, Math.max(restedAt, nowMs) + CHANNEL_MS);
    return 0;
  }

  #refused(what: string, waitMs: number, nowMs: number): number {
    if (nowMs < (this.#retryAt.get(what) ?? 0)) this.impatient += 1;
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    this.#retryAt.set(what, nowMs + seconds * 1_000);
    return seconds;
  }
}
