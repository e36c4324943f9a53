import type { Context } from "./context.ts";
import type { Result } from "./input.ts";
import { ORPHANS_A_TURN } from "./need.ts";
import type { View } from "./view.ts";
import { orphaned, revived, type Work } from "./work.ts";

/**
 * Ties work to the destinations that there are. Work of one that nobody configures any more becomes visible instead
 * of waiting for ever, and goes on when the destination is back. What is on its way is left to its outcome.
 */
export function rebind(view: View, destinations: readonly string[], context: Context): Result {
  const works = view.works();
  // What is listed over there is listed nowhere once there is no such place. What is told in a mass event or a
  // digest is told in that one's row, and would come back one by one.
  const waits = ({ state, reason }: Work): boolean =>
    state === "ready" ||
    state === "unknown" ||
    state === "hushed" ||
    (state === "listed" && reason !== "collapsed" && reason !== "digested");
  const orphans = works.filter((work) => waits(work) && !destinations.includes(work.destination));
  // Back as one that somebody else tells it stays a dead letter, which a person sees.
  const isBack = ({ state, reason, destination }: Work): boolean =>
    state === "dead" &&
    reason === "destination_removed" &&
    destinations.includes(destination) &&
    context.snapshot.destinations[destination]?.shadow !== true;
  const back = works.filter(isBack);
  for (const work of orphans) view.putWork(orphaned(work));
  for (const work of back) view.putWork(revived(work, context));
  return {
    woken: [...new Set(back.map(({ destination }) => destination))],
    // Among those that were loaded may have been some that are on their way, so that a full load is no measure.
    more: orphans.length > 0 || back.length >= ORPHANS_A_TURN,
  };
}
