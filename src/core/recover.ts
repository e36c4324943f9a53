import type { Context } from "./context.ts";
import type { RecoverInput, Result } from "./input.ts";
import { ORPHANS_A_TURN } from "./need.ts";
import { afterUnknown } from "./settle.ts";
import type { View } from "./view.ts";

/**
 * The first turn of an engine. Calls that were in flight when the last one ended are unknown now, and work for
 * destinations that nobody configures any more becomes visible instead of waiting for ever.
 */
export function recover(view: View, input: RecoverInput, context: Context): Result {
  const open = view.openAttempts();
  for (const attempt of open) {
    const evidence = "Riposte ended while the call was under way";
    view.putAttempt({ ...attempt, endedAt: context.now, outcome: "unknown", reason: "engine_died", evidence });
    const work = view.work(attempt.incident, attempt.destination);
    if (work === undefined || work.attempt !== attempt.id) continue;
    const unknown = { kind: "unknown", reason: "engine_died", evidence } as const;
    view.putWork(afterUnknown(work, attempt, unknown, context));
  }
  const orphans = view
    .works()
    .filter((work) => work.state !== "dead" && !input.destinations.includes(work.destination));
  for (const work of orphans) {
    view.putWork({ ...work, state: "dead", reason: "destination_removed", evidence: "not in the config any more" });
  }
  return { woken: [], more: open.length >= ORPHANS_A_TURN || orphans.length >= ORPHANS_A_TURN };
}
