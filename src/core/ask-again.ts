import type { Context } from "./context.ts";
import type { AskAgainInput, Result } from "./input.ts";
import { HUSHED_A_TURN } from "./need.ts";
import type { View } from "./view.ts";
import { shadowed } from "./work.ts";

/**
 * A reason not to tell may have ended before its time: all of a destination that it holds back fall due, a piece at a
 * time, and whether they are told now is found out when they are claimed.
 */
export function askAgain(view: View, { destination }: AskAgainInput, context: Context): Result {
  const asked = view.hushed(destination);
  const isShadow = context.snapshot.destinations[destination]?.shadow === true;
  for (const { incident } of asked) {
    // As the turn has it by now.
    const work = view.work(incident, destination);
    if (work?.state !== "hushed") continue;
    view.putWork(isShadow ? shadowed(work) : { ...work, dueAt: Math.min(work.dueAt, context.now) });
  }
  const last = asked.at(-1);
  const hushedUpTo =
    last === undefined || asked.length < HUSHED_A_TURN
      ? null
      : { reason: last.reason, sinceAt: last.sinceAt, incident: last.incident };
  return { woken: asked.length > 0 && !isShadow ? [destination] : [], hushedUpTo };
}
