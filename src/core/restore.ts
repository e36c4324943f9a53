// A database that was put back to an older state does not know what was done since. Whatever happened before it was
// put back may have been told already: it is told again, since nothing may be lost, and says that it may be a repeat.
import { chainedOn } from "./audit-chain.ts";
import type { Change, Counters } from "./change.ts";
import { digestOf } from "./digest.ts";
import type { Instant } from "./time.ts";

/** What the audit calls it. The newest such row is what a database knows of having been put back. */
export const RESTORE = "restore";

export interface Restore {
  readonly at: Instant;
  readonly who: string;
  /** Where the older state came from, for people. */
  readonly from: string;
  /** The number of the last incident that is known from elsewhere; null: nobody knows how far the lost state had come. */
  readonly lastIncident: number | null;
}

/** How many incidents a lost state is taken to have opened where nobody knows. */
const UNKNOWN_INCIDENTS = 1_000;
const ROUND = 1_000;

/** What is written into an older state before anybody works on it. */
export function restoredChanges(counters: Counters, restore: Restore): readonly Change[] {
  const { at, who, from: about } = restore;
  const { counters: after, row } = chainedOn(counters, { at, who, what: RESTORE, about });
  const incident = lastNumberUsed(counters.incident, restore.lastIncident);
  return [
    { table: "counters", row: { ...after, incident } },
    { table: "audit", row },
  ];
}

/**
 * Numbers go on behind a gap, so that `#6` of a message that was sent since does not name another incident now: up
 * to the next full thousand.
 */
function lastNumberUsed(known: number, elsewhere: number | null): number {
  const last = elsewhere === null ? known + UNKNOWN_INCIDENTS : Math.max(known, elsewhere);
  return Math.ceil((last + 1) / ROUND) * ROUND;
}

/** Whether what happened then may have been told in a life that the database does not know. */
export function mayHaveBeenTold(at: Instant, restoredAt: Instant | null | undefined): boolean {
  return typeof restoredAt === "number" && at <= restoredAt;
}

/**
 * What marks are made of. After a restore a number may stand for something else than it did over there: under the
 * old marks a receiver would drop the new thing as known, and a look would find the wrong one.
 */
export function markInstall(install: string, restoredAt: Instant | null): string {
  return restoredAt === null ? install : digestOf(`${install} ${restoredAt}`).slice(0, install.length);
}
