import type { Incident } from "./incident.ts";
import type { Lane } from "./lane.ts";
import { massedPolicy } from "./mass-event.ts";
import { isOwnPolicy } from "./own-health.ts";
import type { DestinationTerms } from "./snapshot.ts";
import type { Instant } from "./time.ts";
import type { Work } from "./work.ts";

/** So many incidents may be told anew in each such time; the rest is listed in one incident for all of them. */
export interface Budget {
  readonly max: number;
  readonly perMs: number;
}

/** How many incidents may still be told anew. */
export function budgetLeft(lane: Lane, { budget }: DestinationTerms, now: Instant): number {
  if (budget === null) return Infinity;
  return Math.max(0, budget.max - usedIn(lane, budget, now));
}

/** So many of them begin to be told. */
export function laneAfterFirsts(lane: Lane, { budget }: DestinationTerms, firsts: number, now: Instant): Lane {
  if (budget === null || firsts === 0) return lane;
  const used = usedIn(lane, budget, now);
  return { ...lane, budgetFrom: used === 0 ? now : lane.budgetFrom, budgetUsed: used + firsts };
}

/** A window that began in the future was begun by a clock that has been set back since. */
function usedIn({ budgetFrom, budgetUsed }: Lane, { perMs }: Budget, now: Instant): number {
  return now >= budgetFrom && now - budgetFrom < perMs ? budgetUsed : 0;
}

/** Whether a call would be the first word of the incident there. What is tried again was counted when it was tried. */
export function isFirstWord(work: Pick<Work, "firstTriedAt">, step: number): boolean {
  return step === 1 && work.firstTriedAt === null;
}

/** What is critical, what stands for many, what Riposte says of itself and what a person asked for goes past the budget. */
export function isListable({ policy, severity }: Incident, { reason }: Work): boolean {
  const isOne = !isOwnPolicy(policy) && massedPolicy(policy) === null;
  return (
    severity !== "critical" && isOne && reason !== "over_budget" && reason !== "collapsed" && reason !== "digested"
  );
}
