import type { KeptAlert } from "./alert.ts";
import { admit, endOf, endWindow, happenedAt, liveWindow } from "./correlate.ts";
import type { Context } from "./context.ts";
import type { Disposition } from "./change.ts";
import { backAgain, bodySlot, isUnresolved, nextState, type Incident } from "./incident.ts";
import { severityOfLevel } from "./severity.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { publish } from "./tell.ts";
import { fireTimer } from "./timer.ts";
import type { View } from "./view.ts";
import { shapeOf, WINDOW_BODY_CHARS, type AbsenceTerms, type Contribution, type LiveWindow } from "./window.ts";

/** An alert that was expected has come: the wait begins anew, and what its absence opened is over. */
export function cameAsExpected(
  view: View,
  source: string,
  alert: KeptAlert,
  key: string,
  policy: PolicyTerms,
  terms: AbsenceTerms,
  context: Context,
): { readonly disposition: Disposition; readonly incident: number | null; readonly woken: readonly string[] } {
  const woken = new Set<string>();
  const at = happenedAt(alert, terms, context);
  const overdue = liveWindow(view, policy.name, key, terms);
  // Tick or no tick: a backlog must tell of what it would have told live. Another source may not have been read so far.
  if (overdue !== undefined && overdue.source === source && at > overdue.dueAt) {
    for (const destination of fireAbsence(view, overdue, context)) woken.add(destination);
    // It may have been quiet for long enough since.
    const absent = view.newestOfGroup(policy.name, key);
    if (absent?.source === source && absent.dueAt !== null && at > absent.dueAt)
      for (const destination of fireTimer(view, absent, context)) woken.add(destination);
  }
  const known = liveWindow(view, policy.name, key, terms);
  const newestAt = known?.contributions[0]?.at;
  if (newestAt === undefined || at > newestAt) {
    const n = known?.n ?? admit(view, policy.name, terms, at, context);
    if (n === null) return { disposition: "window_refused", incident: null, woken: [...woken] };
    const seen: Contribution = { at, level: alert.level, stands: 1, ends: false, values: [] };
    const { title, level, agentId, agentName, identity } = alert;
    view.putWindow({
      policy: policy.name,
      key,
      n,
      source,
      dueAt: endOf(at, terms),
      shape: shapeOf(terms),
      contributions: [seen],
      bodies: alert.raw.length <= WINDOW_BODY_CHARS ? [alert.raw] : [],
      last: { title, ruleId: identity.ruleId, level, agentId, agentName },
    });
  }
  const incident = view.newestOfGroup(policy.name, key);
  if (incident === undefined || !isUnresolved(incident) || at < incident.lastAt)
    return { disposition: "expected", incident: null, woken: [...woken] };
  const over: Incident = {
    ...incident,
    source,
    state: nextState(incident.state, "clear") ?? incident.state,
    resolvedAt: at,
    resolvedBy: "clear",
    lastAt: at,
    dueAt: null,
  };
  const text = `it came again: rule ${alert.identity.ruleId}: ${alert.title}`;
  const news = { moment: { kind: "resolved", by: null, text }, happenedAt: at } as const;
  for (const destination of publish(view, over, news, context)) woken.add(destination);
  return { disposition: "cleared", incident: incident.id, woken: [...woken] };
}

/**
 * Lets the window end: what was expected in it did not come. Only told once, until it has come again. Returns the
 * destinations that may have something to do.
 */
export function fireAbsence(view: View, row: LiveWindow, context: Context): readonly string[] {
  endWindow(view, row.policy, row.key);
  const policy = context.snapshot.policies[row.policy];
  if (row.last === null || policy?.window?.kind !== "absence") return [];
  const { title, ruleId, level, agentId, agentName } = row.last;
  const severity = policy.severity ?? severityOfLevel(level);
  const current = view.newestOfGroup(row.policy, row.key);
  if (policy.tell[severity].length === 0 || (current !== undefined && isUnresolved(current))) return [];
  const lastAt = row.contributions[0]?.at ?? row.dueAt;
  const isBack = current !== undefined && row.dueAt - (current.resolvedAt ?? 0) <= policy.reopenWithinMs;
  const dueAt = row.dueAt + policy.resolveAfterMs;
  const { hash } = context.snapshot;
  const absent: Incident = isBack
    ? {
        ...backAgain(current),
        state: nextState(current.state, "alert") ?? current.state,
        source: row.source,
        dueAt,
        lastAt,
        count: current.count + 1,
        openedAt: context.now,
      }
    : {
        id: view.nextId("incident"),
        policy: row.policy,
        groupKey: row.key,
        state: "open",
        severity,
        title: `Did not come again: ${title}`,
        ruleId,
        agentId,
        agentName,
        snapshot: hash,
        source: row.source,
        count: 1,
        firstAt: lastAt,
        lastAt,
        openedAt: context.now,
        resolvedAt: null,
        resolvedBy: null,
        acknowledgedBy: null,
        revision: 0,
        momentCount: 0,
        dueAt,
      };
  // The line of what came last stands for it. One that was too long to be kept leaves the title.
  const raw = row.bodies[0] ?? JSON.stringify({ rule: { level, description: title, id: ruleId } });
  const { id, count } = absent;
  view.add({ table: "body", row: { incident: id, slot: bodySlot(count), ordinal: count, raw } });
  const kind = isBack ? "reopened" : "opened";
  return publish(view, absent, { moment: { kind, by: null, text: null }, happenedAt: row.dueAt }, context);
}
