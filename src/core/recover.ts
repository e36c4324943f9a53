import type { Context } from "./context.ts";
import type { RecoverInput, Result } from "./input.ts";
import { ORPHANS_A_TURN } from "./need.ts";
import { unknown } from "./outcome.ts";
import { rebind } from "./rebind.ts";
import { afterUnknown } from "./settle.ts";
import type { View } from "./view.ts";

/**
 * The first turn of an engine. Calls that were in flight when the last one ended are unknown now, and work is tied
 * to the destinations that there are.
 */
export function recover(view: View, input: RecoverInput, context: Context): Result {
  const open = view.openAttempts();
  for (const attempt of open) {
    const evidence = "Riposte ended while the call was under way";
    view.putAttempt({ ...attempt, endedAt: context.now, outcome: "unknown", reason: "engine_died", evidence });
    const work = view.work(attempt.incident, attempt.destination);
    if (work === undefined || work.attempt !== attempt.id) continue;
    afterUnknown(view, work, attempt, unknown("engine_died", null, evidence), context);
  }
  const rebound = rebind(view, input.destinations, context);
  return { ...rebound, more: rebound.more === true || open.length >= ORPHANS_A_TURN };
}
