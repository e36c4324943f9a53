import type { ResponseLimit } from "./guardrails.ts";
import { formsOf } from "./protected-user.ts";
import { mayBeInForce, isBeforeSending, type Response } from "./response.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type Instant } from "./time.ts";

export interface LimitQuestion {
  readonly response: Response;
  readonly limits: readonly ResponseLimit[];
  /** What was begun lately, and what is about to be. */
  readonly recent: readonly Response[];
  readonly fleetSize: number | null;
  readonly now: Instant;
}

export type LimitAnswer =
  | { readonly kind: "within" }
  | { readonly kind: "beyond"; readonly says: string }
  /** A share of nobody knows how many. */
  | { readonly kind: "unknown_fleet" };

/** Rows that are read to count by, the newest: whoever has more of them than that has reached his limit. */
export const COUNTED_MOST = 500;

/** Whether one more stays within what the config allows. `asked`: the size of the fleet was asked for. */
export function withinLimits({ response, limits, recent, fleetSize, now }: LimitQuestion, asked: boolean): LimitAnswer {
  const longestMs = Math.max(0, ...limits.map(({ perMs }) => perMs));
  if (recent.filter((other) => isSince(other, now - longestMs, now)).length >= COUNTED_MOST) {
    return { kind: "beyond", says: `${COUNTED_MOST} responses are more than are counted` };
  }
  const others = recent.filter((other) => other.id !== response.id && isCountedWith(other, response));
  for (const limit of limits) {
    if (limit.action !== null && limit.action !== response.terms.do) continue;
    const counted = others.filter(
      (other) => (limit.action === null || other.terms.do === limit.action) && isSince(other, now - limit.perMs, now),
    );
    const per = durationWords(limit.perMs);
    if (limit.kind === "count") {
      const same = limit.each === "target" ? counted.filter((other) => isSameTarget(other, response)) : counted;
      if (same.length < limit.max) continue;
      const of = limit.action === null ? "" : ` of ${limit.action}`;
      const each = limit.each === "target" ? " for the same target" : "";
      return { kind: "beyond", says: `the limit${of} is ${limit.max} in ${per}${each}, and it is used up` };
    }
    if (!asked) continue;
    if (fleetSize === null || fleetSize < 1) return { kind: "unknown_fleet" };
    const most = Math.max(1, Math.floor(fleetSize * limit.share));
    // Two that wait for one agent must not be each other's reason to go there.
    const isThere = counted.some((other) => other.agent.id === response.agent.id && !isBeforeSending(other));
    const elsewhere = new Set(counted.map(({ agent }) => agent.id).filter((id) => id !== response.agent.id));
    if (isThere || elsewhere.size < most) continue;
    const share = `${Number((limit.share * 100).toFixed(3))} % of ${fleetSize} agents`;
    return { kind: "beyond", says: `the limit is ${share}, which is ${most}, in ${per}, and it is used up` };
  }
  return { kind: "within" };
}

/** What would be done does not use up what may be done, and is counted among its own. */
function isCountedWith(other: Response, response: Response): boolean {
  const isObserved = response.mode === "observe";
  return (other.mode === "observe") === isObserved;
}

/** What waits may yet be begun, and counts until it is decided. A clock that was set back must not forget any. */
function isSince(other: Response, since: Instant, now: Instant): boolean {
  if (isBeforeSending(other)) return true;
  if (other.countedAt === null) return false;
  return other.countedAt > since || other.countedAt > now || (mayBeInForce(other) && other.sentAt === null);
}

function isSameTarget({ target: one }: Response, { target: other }: Response): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === "user") return formsOf(one.name).at(-1) === formsOf(other.name).at(-1);
  return one.name === other.name;
}

export function durationWords(ms: number): string {
  if (ms % DAY_MS === 0) return ms === DAY_MS ? "1 day" : `${ms / DAY_MS} days`;
  if (ms % HOUR_MS === 0) return `${ms / HOUR_MS} h`;
  return ms % MINUTE_MS === 0 ? `${ms / MINUTE_MS} min` : `${Math.round(ms / 1_000)} s`;
}
