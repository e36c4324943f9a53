import type { Lane } from "../core/lane.ts";
import type { Instant } from "../core/time.ts";
import type { Work } from "../core/work.ts";
import type { WorkPlace } from "../store/store.ts";

/**
 * Due works that were thought about and have to wait for their kind of call. Their rows stay as they are: that they
 * wait is one fact of the lane, and ten thousand rows written at each hold would be all that is done in a storm.
 */
export interface Passed {
  /** The holds that they wait for; when those change, all of them are thought about again. */
  readonly holds: string;
  /** Behind which of them to go on, by priority. */
  readonly upTo: readonly (WorkPlace | null)[];
}

export const PRIORITIES = [0, 1, 2, 3] as const;

/** What of the lane is held now, and when the first of that is over; null: nothing is. */
export function holdsOf(
  { actionHolds }: Lane,
  now: Instant,
): { readonly holds: string; readonly until: Instant } | null {
  const still = Object.entries(actionHolds).filter(([, until]) => until > now);
  if (still.length === 0) return null;
  return { holds: JSON.stringify(still), until: Math.min(...still.map(([, until]) => until)) };
}

export function nothingPassed(holds: string): Passed {
  return { holds, upTo: PRIORITIES.map(() => null) };
}

/** What falls due at this very instant is not passed: others of the instant may come before it. */
export function passBy(passed: Passed, { priority, dueAt, incident }: Work, now: Instant): Passed {
  if (dueAt >= now) return passed;
  return { ...passed, upTo: passed.upTo.map((place, at) => (at === priority ? { dueAt, incident } : place)) };
}
