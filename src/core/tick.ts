import type { Context } from "./context.ts";
import { nextState, type Incident } from "./incident.ts";
import type { Result, TickInput } from "./input.ts";
import { publish } from "./tell.ts";
import { DAY_MS } from "./time.ts";
import type { View } from "./view.ts";
import { eventNow } from "./watermark.ts";

/** Lets the timers of incidents fire: a hold that nothing cleared, and quiet long enough to call it over. */
export function tick(view: View, input: TickInput, context: Context): Result {
  const woken = new Set<string>();
  for (const id of view.dueIncidents) {
    const incident = view.incident(id);
    if (incident === undefined || incident.dueAt === null || incident.dueAt > eventNow(input, incident.source))
      continue;
    for (const destination of fire(view, incident, incident.dueAt, context)) woken.add(destination);
  }
  return { woken: [...woken] };
}

function fire(view: View, incident: Incident, dueAt: number, context: Context): readonly string[] {
  if (incident.state === "pending") {
    const policy = context.snapshot.policies[incident.policy];
    const opened: Incident = {
      ...incident,
      state: nextState("pending", "hold_over") ?? incident.state,
      openedAt: context.now,
      dueAt: Math.max(incident.lastAt, dueAt) + (policy?.resolveAfterMs ?? DAY_MS),
    };
    return publish(view, opened, { moment: { kind: "opened", by: null, text: null } }, context);
  }
  const state = nextState(incident.state, "quiet");
  if (state === null) return [];
  const resolved: Incident = { ...incident, state, resolvedAt: dueAt, resolvedBy: "quiet", dueAt: null };
  return publish(view, resolved, { moment: { kind: "resolved", by: null, text: "quiet for long enough" } }, context);
}
