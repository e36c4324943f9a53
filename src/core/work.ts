import type { Context } from "./context.ts";
import type { Incident } from "./incident.ts";
import type { Reason } from "./outcome.ts";
import type { Severity } from "./severity.ts";
import type { Sweep } from "./sweep.ts";
import { HOUR_MS, SECOND_MS, type Instant } from "./time.ts";

/**
 * `ready`: to be done once due. `sending`: a call may be on its way. `unknown`: a call went out and nobody knows
 * what came of it. `watched`: all is told, and a second copy of what had to be repeated may yet turn up. `listed`:
 * one incident there stands for many, of which this is one: more than the destination's budget, or told in a mass event. `shadow`: would be told, were
 * it not somebody else who tells it. `hushed`: there is a reason not to tell it now; once due it is asked about again. `dead`: given up, a person must look.
 */
export type WorkState = "ready" | "sending" | "unknown" | "watched" | "listed" | "shadow" | "hushed" | "dead";

/** Reasons not to tell an incident, or not yet (hush.ts). */
export const HUSH_REASONS = [
  "silenced",
  "inhibited",
  "muted",
  "quiet_hours",
  "below_severity",
  "warm_up",
  "flapping",
] as const satisfies readonly Reason[];
export type HushReason = (typeof HUSH_REASONS)[number];

/** That a destination does not yet show an incident as it should: one row per (incident, destination). */
export interface Work {
  readonly incident: number;
  readonly destination: string;
  readonly state: WorkState;
  /** The incident's revision that the destination should show. */
  readonly wanted: number;
  readonly priority: number;
  readonly dueAt: Instant;
  /** Since when something has been waiting here. */
  readonly sinceAt: Instant;
  /** When the step at hand was first tried; null: not yet. Waiting in line is no trying. */
  readonly firstTriedAt: Instant | null;
  /** Calls made for the step at hand, and looks that found nothing. */
  readonly tries: number;
  readonly looks: number;
  /** Why it waits; null: it was never tried. */
  readonly reason: Reason | null;
  readonly evidence: string | null;
  /** The attempt whose outcome is awaited or unknown. */
  readonly attempt: number | null;
  /**
   * When the first call began of those of the step at hand that may have arrived: doing it again is a possible repeat,
   * and is marked as one. Null: none may have.
   */
  readonly lostSince: Instant | null;
  /** How many calls of it ended without an answer, and so may each have arrived. */
  readonly lost: number;
  /** An edit that got no answer may still land until then, over a newer one; null: none is out. */
  readonly mayLandUntil: Instant | null;
  /** Steps that were repeated, each of which may have a second copy. */
  readonly sweeps: readonly Sweep[];
}

/** That a destination is to be told of the incident as it is now. */
export function newWork(
  { id, revision }: Pick<Incident, "id" | "revision">,
  destination: string,
  priority: number,
  now: Instant,
): Work {
  return {
    incident: id,
    destination,
    state: "ready",
    wanted: revision,
    priority,
    dueAt: now,
    sinceAt: now,
    firstTriedAt: null,
    tries: 0,
    looks: 0,
    reason: null,
    evidence: null,
    attempt: null,
    lostSince: null,
    lost: 0,
    mayLandUntil: null,
    sweeps: [],
  };
}

/** What would be told, and is not: somebody else tells it. */
export function shadowed(work: Work): Work {
  return { ...work, state: "shadow", reason: "shadow", evidence: null };
}

/** Something may begin once it is due. */
export function isClaimable(state: WorkState): boolean {
  return state === "ready" || state === "unknown" || state === "watched" || state === "hushed";
}

/** Somebody may have heard of it, or a person wants it told: it is not put on a list any more. */
export function isBegun({ state, firstTriedAt, reason }: Work): boolean {
  switch (state) {
    case "listed":
    case "shadow":
    case "hushed":
      return false;
    case "ready":
      return firstTriedAt !== null || reason !== null;
    case "sending":
    case "unknown":
    case "watched":
    case "dead":
      return true;
  }
}

/** Smaller goes first: the new and critical, then what is new to the reader, then news of what he has, then edits. */
export function priorityOf(news: { severity: Severity; isNew: boolean; hasMoment: boolean }): number {
  if (news.isNew) return news.severity === "critical" ? 0 : 1;
  return news.hasMoment ? 2 : 3;
}

const BACKOFF_FIRST_MS = SECOND_MS;
const BACKOFF_MOST_MS = HOUR_MS;

/** How long to wait after the nth failure (from 1): doubling, between half of it and the whole, so that crowds part. */
export function backoffMs(failures: number, random: () => number): number {
  const whole = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole / 2 + (random() * whole) / 2);
}

/**
 * Calls of one step that may each have arrived, at most: a reader can bear so many marked repeats. With the waits
 * between them doubling this takes hours, and then a person must look.
 */
export const CALLS_THAT_MAY_HAVE_ARRIVED = 10;

/** Looks that must find nothing before a step is done again: a create may commit after the first. */
export const EMPTY_LOOKS_BEFORE_REPEAT = 2;

/**
 * Due now and counted afresh. A step that may have arrived stays one that may have arrived, and where it can be
 * looked for, or calls back, the vendor gets its whole settle time again: hurrying is how twins are made.
 */
export function revived(work: Work, context: Context): Work {
  const fresh = { ...work, dueAt: context.now, sinceAt: context.now, firstTriedAt: null, tries: 0, looks: 0, lost: 0 };
  if (work.lostSince === null) return { ...fresh, state: "ready" };
  const terms = context.snapshot.destinations[work.destination];
  return {
    ...fresh,
    state: "unknown",
    dueAt: context.now + (terms?.finds === true || terms?.callsBack === true ? terms.settleMs : 0),
  };
}

/** Its destination is not in the config any more: a person sees it, and it goes on should the destination be back. */
export function orphaned(work: Work): Work {
  const isHeldBack = work.state === "listed" || work.state === "hushed";
  const evidence = isHeldBack ? GONE_AND_HELD_BACK : "not in the config any more";
  return { ...work, state: "dead", reason: "destination_removed", evidence };
}

/** There was a reason not to tell it by itself, before its destination had gone. */
const GONE_AND_HELD_BACK = "not in the config any more, and was not to be told before";

export function wasHeldBack({ state, evidence }: Work): boolean {
  return state === "dead" && evidence === GONE_AND_HELD_BACK;
}
