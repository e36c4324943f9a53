import type { Context } from "./context.ts";
import type { News } from "./news.ts";
import { isUnanswered, repeatWaitMs, spanWords, type Reminder } from "./rhythm.ts";
import { publish } from "./tell.ts";
import { MINUTE_MS } from "./time.ts";
import type { View } from "./view.ts";

/**
 * Reminds of an incident whose time has come, by the policy in force now; of one that somebody has acknowledged, that
 * is over, or that is told in a mass event, there is nothing to remind. Returns the destinations with work to do.
 */
export function fireReminder(view: View, reminder: Reminder, context: Context): readonly string[] {
  const { incident: id, kind, times } = reminder;
  const { now, snapshot } = context;
  const incident = view.incident(id);
  const terms = incident === undefined || !isUnanswered(incident) ? undefined : snapshot.policies[incident.policy];
  if (incident === undefined || terms === undefined) return drop(view, reminder);
  const openMs = now - (incident.openedAt ?? now);
  switch (kind) {
    case "repeat": {
      const often = terms.repeat?.[incident.severity];
      if (often === undefined) return drop(view, reminder);
      const dueAt = now + repeatWaitMs(often, times + 2);
      view.putReminder({ ...reminder, source: incident.source, dueAt, times: times + 1 });
      const text = `nobody has acknowledged it for ${roughly(openMs)}`;
      return publish(view, incident, { moment: { kind: "repeated", by: null, text } }, context);
    }
    case "escalate": {
      drop(view, reminder);
      const { escalate } = terms;
      if (escalate === undefined) return [];
      const text = `nobody has acknowledged it for ${roughly(openMs)}, so ${escalate.to.join(" and ")} ${escalate.to.length === 1 ? "is" : "are"} told as well`;
      const news: News = { moment: { kind: "unanswered", by: null, text }, also: escalate.to };
      return publish(view, incident, news, context);
    }
  }
}

function drop(view: View, { incident, kind }: Reminder): readonly string[] {
  view.removeReminder(incident, kind);
  return [];
}

/** To the minute, beyond the first. */
function roughly(ms: number): string {
  return spanWords(ms < MINUTE_MS ? ms : Math.floor(ms / MINUTE_MS) * MINUTE_MS);
}
