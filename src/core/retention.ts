import type { Action } from "./action.ts";
import { isInForce, isTimeless } from "./action.ts";
import type { AlertRow } from "./change.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import type { TickInput } from "./input.ts";
import type { Receipt } from "./receipt.ts";
import type { Snapshot } from "./snapshot.ts";
import { DAY_MS, type Instant } from "./time.ts";
import { eventNow } from "./watermark.ts";
import type { Work } from "./work.ts";

/** How much of what is over stays. */
export interface Keep {
  readonly ms: number;
  /** Above this the oldest goes sooner; null: nobody knows how large the database is. */
  readonly bytes: number | null;
}

/** However full it is, what was over this shortly ago stays. */
export const KEEP_LEAST_MS = DAY_MS;
/** Limits count responses for up to a week, and who comes back within one is answered for longer. */
export const RESPONSE_LEAST_MS = 8 * DAY_MS;
/** What people did stays this long at least. */
export const AUDIT_LEAST_MS = 400 * DAY_MS;

/**
 * What of other rows still needs an incident. `reminder`: people are to be reminded of it. `response`: one of Wazuh's
 * own is in force, or awaited; or one of Riposte's has not come to its end, or is the newest of all, by which the next
 * is numbered. `tells`: it is a mass event or a digest, and some that it tells of are still there.
 * `collecting`: it is the digest that its destination has. `told_in`: what it is told in is not over, or not told.
 */
export type Hold = "reminder" | "response" | "tells" | "collecting" | "told_in";

export interface Standing {
  readonly incident: Incident;
  readonly works: readonly Work[];
  readonly receipts: readonly Receipt[];
  readonly holds: readonly Hold[];
  /** When one of Riposte's own responses to it changed last; null: there is none. */
  readonly respondedAt: Instant | null;
}

/** What is older than this by our clock, and by what all sources have read, may go. */
export function horizonOf(tick: TickInput, keepMs: number): Instant {
  // What lies unread may be of the same time as what is over: it must still find what it joins, repeats or reopens.
  const read = Object.keys(tick.watermarks).map((source) => eventNow(tick, source));
  return Math.min(tick.now, ...read) - keepMs;
}

/** Whether nothing and nobody needs the incident any more. `now` is what all sources have read up to. */
export function isIncidentOver(
  { incident, works, receipts, holds, respondedAt }: Standing,
  horizon: Instant,
  now: Instant,
  { policies }: Pick<Snapshot, "policies">,
): boolean {
  const { resolvedAt, lastAt, openedAt } = incident;
  if (isUnresolved(incident) || holds.length > 0 || !works.every(isSpent)) return false;
  const touched = [resolvedAt, lastAt, openedAt, ...receipts.map(({ lastDoneAt }) => lastDoneAt)];
  if (respondedAt !== null && respondedAt <= now && respondedAt >= Math.min(horizon, now - RESPONSE_LEAST_MS))
    return false;
  // A clock that runs ahead has just touched what it dates later than now; one that is wrong must not keep it for ever.
  const ahead = now + (now - horizon);
  if (touched.some((at) => at !== null && at >= horizon && at <= ahead)) return false;
  const reopenWithinMs = policies[incident.policy]?.reopenWithinMs ?? 0;
  return Math.max(resolvedAt ?? 0, lastAt) + reopenWithinMs < now || (resolvedAt ?? 0) > now;
}

/** Nobody is going to do anything about it. */
function isSpent({ state, reason }: Work): boolean {
  switch (state) {
    case "shadow":
    case "listed":
      return true;
    case "dead":
      return reason === "dropped_by_person";
    case "ready":
    case "hushed":
    case "sending":
    case "unknown":
    case "watched":
      return false;
  }
}

/**
 * Whether its row may go. That it is old is not enough: a backlog is old as well, and what it has just brought must be
 * known again. Of an incident that lasts, what happened before the time goes; its first and newest lines stay with it.
 */
export function isAlertOver({ at }: AlertRow, horizon: Instant, incidents: readonly Incident[]): boolean {
  return at < horizon && incidents.every(({ openedAt }) => openedAt !== null && openedAt < horizon);
}

/** Of one that belongs to no incident; the others go with theirs. */
export function isActionOver(action: Action, horizon: Instant): boolean {
  return action.lastAt < horizon && action.dueAt === null && action.state !== "awaited" && !isHeld(action);
}

/** In force, and of a kind that is lifted again. */
function isHeld(action: Action): boolean {
  return isInForce(action) && !isTimeless(action);
}

/** How old the rows are that were seen in a pass: a count for each day. */
export type Ages = Map<number, number>;

export function noteAge(ages: Ages, at: Instant, now: Instant): void {
  const day = Math.max(0, Math.floor((now - at) / DAY_MS));
  ages.set(day, (ages.get(day) ?? 0) + 1);
}

/** Below the limit by this much, or the next alert would be over it. */
const ROOM = 0.95;

/**
 * How long is kept from now on, after a pass that saw rows of these ages. A database that is too large loses the oldest
 * part of what it has; one that has room keeps longer again, up to what the config says.
 */
export function nextKeepMs(keepMs: number, { ms, bytes }: Keep, usedBytes: number | null, ages: Ages): number {
  if (bytes === null || usedBytes === null) return ms;
  if (usedBytes <= bytes) return usedBytes < bytes * ROOM * ROOM ? Math.min(ms, keepMs + DAY_MS) : Math.min(ms, keepMs);
  const total = [...ages.values()].reduce((sum, count) => sum + count, 0);
  let surplus = total * (1 - (bytes * ROOM) / usedBytes);
  const days = [...ages.keys()].toSorted((one, other) => other - one);
  const least = Math.min(KEEP_LEAST_MS, ms);
  for (const day of days) {
    surplus -= ages.get(day) ?? 0;
    if (surplus <= 0) return Math.max(least, Math.min(ms, keepMs, day * DAY_MS));
  }
  return least;
}
