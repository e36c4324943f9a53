import type { Context } from "./context.ts";
import type { Result, TickInput } from "./input.ts";
import { DUE_INCIDENTS_A_TURN } from "./need.ts";
import { fireOverdue } from "./observe-action.ts";
import { fireTimer } from "./timer.ts";
import type { View } from "./view.ts";
import { eventNow } from "./watermark.ts";

/** Lets the timers of incidents and actions fire that are due by what their sources have read. */
export function tick(view: View, input: TickInput, context: Context): Result {
  const woken = new Set<string>();
  let fired = 0;
  for (const id of view.dueIncidents) {
    const incident = view.incident(id);
    if (incident === undefined || incident.dueAt === null || incident.dueAt > eventNow(input, incident.source))
      continue;
    for (const destination of fireTimer(view, incident, context)) woken.add(destination);
    fired += 1;
  }
  for (const action of view.actions()) {
    if (action.dueAt === null || action.dueAt > eventNow(input, action.source)) continue;
    for (const destination of fireOverdue(view, action, context)) woken.add(destination);
    fired += 1;
  }
  return { woken: [...woken], more: fired >= DUE_INCIDENTS_A_TURN };
}
