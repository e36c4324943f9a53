import type { Context } from "./context.ts";
import type { Result, TickInput } from "./input.ts";
import { DUE_INCIDENTS_A_TURN, DUE_WINDOWS_A_TURN } from "./need.ts";
import { fireAbsence } from "./absence.ts";
import { fireOverdue } from "./observe-action.ts";
import { fireReminder } from "./remind.ts";
import { fireTimer } from "./timer.ts";
import type { View } from "./view.ts";
import { eventNow } from "./watermark.ts";

/**
 * Lets the timers of incidents, actions and windows fire that are due by what their sources have read. Reminders go by our clock
 * and wait for that as well: of what is over by an alert that lies unread nobody is to be reminded.
 */
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
  const dueReminders = view.reminders().filter(({ dueAt, source }) => dueAt <= eventNow(input, source));
  for (const reminder of dueReminders.toSorted((one, other) => one.dueAt - other.dueAt)) {
    for (const destination of fireReminder(view, reminder, context)) woken.add(destination);
    fired += 1;
  }
  let ended = 0;
  for (const [policy, key] of view.dueWindows) {
    const row = view.window(policy, key);
    if (row === undefined || row.dueAt >= eventNow(input, row.source)) continue;
    for (const destination of fireAbsence(view, row, context)) woken.add(destination);
    ended += 1;
  }
  return { woken: [...woken], more: fired >= DUE_INCIDENTS_A_TURN || ended >= DUE_WINDOWS_A_TURN };
}
