import type { Later, Reason, Unknown } from "./outcome.ts";
import type { DestinationTerms } from "./snapshot.ts";
import { DAY_MS, MINUTE_MS, type Instant } from "./time.ts";
import { backoffMs } from "./work.ts";

/** How a destination is doing: its pace and its breaker. One row each, kept across restarts. */
export interface Lane {
  readonly destination: string;
  /** No call starts before this, by the destination's own pace. */
  readonly nextAt: Instant;
  /** No call starts before this, because of trouble or because the other side asked to wait. */
  readonly holdUntil: Instant;
  /** Rounds of failure in a row; at `BREAKER_FAILURES` only one call at a time tries its luck. */
  readonly failures: number;
  /** When the last counted failure ended: calls that began before it belong to the same round. */
  readonly troubleAt: Instant;
  readonly reason: Reason | null;
  readonly evidence: string | null;
  readonly lastDoneAt: Instant | null;
  /** By action: none of it starts before this, while others may. */
  readonly actionHolds: Readonly<Record<string, Instant>>;
  /** Incidents told anew since then. */
  readonly budgetFrom: Instant;
  readonly budgetUsed: number;
}

export const BREAKER_FAILURES = 3;

export function newLane(destination: string): Lane {
  return {
    destination,
    nextAt: 0,
    holdUntil: 0,
    failures: 0,
    troubleAt: 0,
    reason: null,
    evidence: null,
    lastDoneAt: null,
    actionHolds: {},
    budgetFrom: 0,
    budgetUsed: 0,
  };
}

export function isBroken(lane: Lane): boolean {
  return lane.failures >= BREAKER_FAILURES;
}

/** In trouble, and nothing was answered since: whoever calls next finds out whether it is there at all. */
export function isUnanswered(lane: Lane): boolean {
  return isBroken(lane) && lane.troubleAt >= (lane.lastDoneAt ?? 0);
}

/** How many calls may start now, and, where none may, when to ask again (null: when one in flight ends). */
export function admit(
  lane: Lane,
  terms: DestinationTerms,
  now: Instant,
  inFlight: number,
): { readonly calls: number; readonly againAt: Instant | null } {
  const openAt = Math.max(paceOpensAt(lane, terms, now), believable(lane.holdUntil, now));
  if (now < openAt) return { calls: 0, againAt: openAt };
  // While the other side is in trouble one call finds out for all that wait.
  const room = (isBroken(lane) ? 1 : terms.concurrency) - inFlight;
  if (room <= 0) return { calls: 0, againAt: null };
  return { calls: terms.paceMs > 0 ? 1 : room, againAt: null };
}

/** Since when an action may start again; null: it may. */
export function heldUntil({ actionHolds }: Lane, action: string, now: Instant): Instant | null {
  const until = believable(actionHolds[action] ?? 0, now);
  return until > now ? until : null;
}

/** What looks are held by in `actionHolds`, beside the connectors' own words for their steps. */
export const LOOK = "look";

/** Only this action is slowed down: the others, and the breaker, have nothing to do with it. */
export function laneAfterHold(lane: Lane, action: string, holdMs: number, now: Instant): Lane {
  const still = Object.entries(lane.actionHolds).filter(([, until]) => until > now);
  const until = Math.max(lane.actionHolds[action] ?? 0, now + holdMs);
  return { ...lane, actionHolds: { ...Object.fromEntries(still), [action]: until } };
}

/** Nobody is asked to wait for longer than a day: a later instant was written by a clock that has been set back since. */
function believable(until: Instant, now: Instant): Instant {
  return until - now > DAY_MS ? now : until;
}

/** However long the trouble lasts, somebody tries again this often. */
export const LANE_HOLD_MOST_MS = 5 * MINUTE_MS;

export function laneAfterStart(lane: Lane, terms: DestinationTerms, calls: number, now: Instant): Lane {
  if (terms.paceMs === 0) return lane;
  return { ...lane, nextAt: Math.max(now, paceOpensAt(lane, terms, now)) + terms.paceMs * calls };
}

/** By its own pace nobody waits for longer than that: a later instant is of a clock that has been set back. */
function paceOpensAt({ nextAt }: Lane, { paceMs }: DestinationTerms, now: Instant): Instant {
  return nextAt - now > paceMs ? now : nextAt;
}

export function laneAfterSuccess(lane: Lane, now: Instant): Lane {
  return { ...lane, failures: 0, reason: null, evidence: null, lastDoneAt: now };
}

/**
 * Who answers a look is there. Whether he also takes what is new only a call shows that brings something: until then
 * one at a time tries its luck.
 */
export function laneAfterLook(lane: Lane, now: Instant): Lane {
  return { ...lane, lastDoneAt: now };
}

/** Calls in flight together fail together: that is one failure of the destination, not one each. */
export function laneAfterTrouble(
  lane: Lane,
  trouble: Later | Unknown,
  call: { readonly beganAt: Instant; readonly now: Instant; readonly random: () => number },
): Lane {
  const asked = trouble.retryAfterMs;
  const sameRound = lane.failures > 0 && call.beganAt <= lane.troubleAt;
  const failures = sameRound ? lane.failures : lane.failures + 1;
  const ownMs = sameRound ? 0 : Math.min(LANE_HOLD_MOST_MS, backoffMs(failures, call.random));
  return {
    ...lane,
    failures,
    troubleAt: sameRound ? lane.troubleAt : call.now,
    holdUntil: Math.max(lane.holdUntil, call.now + (asked ?? ownMs)),
    reason: trouble.reason,
    evidence: trouble.evidence,
  };
}
