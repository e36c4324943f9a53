import type { Context } from "./context.ts";
import { nextState, type Incident } from "./incident.ts";
import { publish } from "./tell.ts";
import { DAY_MS } from "./time.ts";
import type { View } from "./view.ts";

/**
 * Lets the incident's own timer fire at the event time at which it was due: a hold that nothing cleared, or quiet
 * long enough to call it over. Returns the destinations that may have something to do.
 */
export function fireTimer(view: View, incident: Incident, context: Context): readonly string[] {
  const dueAt = incident.dueAt ?? context.now;
  if (incident.state === "pending") {
    const resolveAfterMs = context.snapshot.policies[incident.policy]?.resolveAfterMs ?? DAY_MS;
    const opened: Incident = {
      ...incident,
      state: nextState("pending", "hold_over") ?? incident.state,
      openedAt: context.now,
      dueAt: Math.max(incident.lastAt, dueAt) + resolveAfterMs,
    };
    const kind = incident.momentCount === 0 ? "opened" : "reopened";
    return publish(view, opened, { moment: { kind, by: null, text: null }, happenedAt: dueAt }, context);
  }
  const state = nextState(incident.state, "quiet");
  if (state === null) return [];
  const isNews = context.snapshot.policies[incident.policy]?.onePerAlert !== true;
  const resolved: Incident = { ...incident, state, resolvedAt: dueAt, resolvedBy: "quiet", dueAt: null };
  const moment = isNews ? ({ kind: "resolved", by: null, text: "quiet for long enough" } as const) : null;
  return publish(view, resolved, { moment, happenedAt: dueAt }, context);
}
