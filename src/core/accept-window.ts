import type { KeptAlert, PolicyMatch } from "./alert.ts";
import type { Context } from "./context.ts";
import { firstSeen, gather, type FullWindow, type Gathered } from "./correlate.ts";
import { bodySlot, isUnresolved, type Incident } from "./incident.ts";
import { isWorse, severityOfLevel } from "./severity.ts";
import type { PolicyTerms } from "./snapshot.ts";
import type { View } from "./view.ts";

/** The alert by itself is enough. */
export const ALONE: Gathered = { kind: "full", window: null };

/**
 * What is in the window decides only whether an incident opens: what belongs to one that is open, or to one that was
 * over before it was read, joins it.
 */
export function gatherFor(
  view: View,
  source: string,
  alert: KeptAlert,
  match: PolicyMatch,
  current: Incident | undefined,
  policy: PolicyTerms,
  context: Context,
): Gathered {
  const terms = policy.window!;
  const joins =
    current !== undefined && !isOver(current, alert, policy) && (isUnresolved(current) || isOvertaken(current, alert));
  if (!joins) return gather(view, source, alert, match, terms, context);
  const key = match.window?.key ?? null;
  if (terms.kind === "first_seen" && key !== null)
    firstSeen(view, source, alert, { policy: policy.name, key }, terms, context);
  return ALONE;
}

/** All that counted in the window belongs to the incident that it opens. */
export function withWindow(incident: Incident, { filled }: FullWindow, policy: PolicyTerms): Incident {
  const { fromAt, count, worstLevel } = filled;
  const lastAt = Math.max(incident.lastAt, filled.lastAt);
  const severity = policy.severity ?? severityOfLevel(worstLevel);
  return {
    ...incident,
    count: incident.count - 1 + count,
    firstAt: Math.min(incident.firstAt, fromAt),
    lastAt,
    severity: isWorse(severity, incident.severity) ? severity : incident.severity,
    dueAt: incident.state === "pending" || incident.dueAt === null ? incident.dueAt : lastAt + policy.resolveAfterMs,
  };
}

/** The line of the alert, behind those that the window has kept; the first slot is never empty, since it is shown. */
export function addBodies(view: View, incident: Incident, { raw }: KeptAlert, full: FullWindow | null): void {
  const { id: of, count } = incident;
  const isFirst = incident.revision === 0;
  const lines = [...(full?.bodies ?? []), raw];
  lines.forEach((line, i) => {
    const ordinal = count - lines.length + 1 + i;
    const slot = isFirst && i === 0 ? bodySlot(1) : bodySlot(ordinal);
    view.add({ table: "body", row: { incident: of, slot, ordinal, raw: line } });
  });
}

/** The alert came later than the clear that was later than it. */
export function isOvertaken({ resolvedBy, resolvedAt }: Incident, { at }: KeptAlert): boolean {
  return resolvedBy === "clear" && at < (resolvedAt ?? 0);
}

/** Resolved so long ago that the alert begins a new incident. */
export function isOver(incident: Incident, alert: KeptAlert, policy: PolicyTerms): boolean {
  return !isUnresolved(incident) && alert.at - (incident.resolvedAt ?? 0) > policy.reopenWithinMs;
}
