import type { Context } from "./context.ts";
import type { RecoverInput, Result } from "./input.ts";
import { ORPHANS_A_TURN } from "./need.ts";
import { unknown } from "./outcome.ts";
import { afterUnknown } from "./settle.ts";
import type { View } from "./view.ts";
import { revived, type Work } from "./work.ts";

/**
 * The first turn of an engine. Calls that were in flight when the last one ended are unknown now, and work for
 * destinations that nobody configures any more becomes visible instead of waiting for ever, until they are back.
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
  const orphans = view
    .works()
    .filter((work) => work.state !== "dead" && !input.destinations.includes(work.destination));
  for (const work of orphans) {
    view.putWork({ ...work, state: "dead", reason: "destination_removed", evidence: "not in the config any more" });
  }
  const isBack = (work: Work): boolean =>
    work.state === "dead" && work.reason === "destination_removed" && input.destinations.includes(work.destination);
  const back = view.works().filter(isBack);
  for (const work of back) view.putWork(revived(work, context));
  return {
    woken: [],
    more: back.length >= ORPHANS_A_TURN || open.length >= ORPHANS_A_TURN || orphans.length >= ORPHANS_A_TURN,
  };
}
