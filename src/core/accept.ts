import { cameAsExpected } from "./absence.ts";
import { addBodies, ALONE, gatherFor, isOver, isOvertaken, withWindow } from "./accept-window.ts";
import type { KeptAlert, PolicyMatch } from "./alert.ts";
import { answerAlert, lineOf, type Ended } from "./answer-alert.ts";
import type { Context } from "./context.ts";
import { keepGathering, spend } from "./correlate.ts";
import { backAgain, isUnresolved, nextState, type Incident } from "./incident.ts";
import type { AcceptInput, Result } from "./input.ts";
import { keepFleet } from "./keep-fleet.ts";
import type { MomentKind } from "./moments.ts";
import { isWorse, severityOfLevel } from "./severity.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { keptOfLine, quarantineSlot } from "./quarantine.ts";
import { awaitAction, awaitAlso, guardOf, type Guard, type Verdict } from "./loop-guard.ts";
import { newSource } from "./new-source.ts";
import { noteAction } from "./observe-action.ts";
import { publish } from "./tell.ts";
import type { Instant } from "./time.ts";
import { fireTimer } from "./timer.ts";
import type { View } from "./view.ts";

/**
 * Takes in a stretch of a source: each alert gets one disposition, and the source's counters and bookmark move
 * with them. For every way to cut a stretch in two, accepting the halves gives the same rows.
 */
export function accept(view: View, input: AcceptInput, context: Context): Result {
  if (input.read !== input.ignored + input.malformed + input.alerts.length) {
    throw new Error(`source ${input.source} does not account for every line: read ${input.read}`);
  }
  const before = view.source(input.source) ?? newSource(input.source);
  const woken = new Set<string>();
  const counts = { kept: 0, duplicate: 0, collision: 0 };
  for (const alert of input.alerts) {
    const sameId = view.alertsWithId(alert.identity.origin, alert.identity.nativeId);
    if (sameId.some((known) => known.stamp === alert.identity.stamp && known.ruleId === alert.identity.ruleId)) {
      counts.duplicate += 1;
      continue;
    }
    counts.kept += 1;
    if (sameId.length > 0) counts.collision += 1;
    keep(view, input.source, alert, context, woken);
  }
  input.quarantine.forEach(({ why, raw }, i) => {
    const slot = quarantineSlot(before.malformed + input.malformed - input.quarantine.length + i + 1);
    const row = { source: input.source, slot, at: context.now, why, raw: keptOfLine(raw) };
    view.add({ table: "quarantine", row });
  });
  if (input.fleet !== undefined) keepFleet(view, input.fleet);
  view.putSource({
    ...before,
    cursor: input.cursor,
    read: before.read + input.read,
    ignored: before.ignored + input.ignored,
    malformed: before.malformed + input.malformed,
    duplicate: before.duplicate + counts.duplicate,
    kept: before.kept + counts.kept,
    collision: before.collision + counts.collision,
    watermarkAt: Math.max(before.watermarkAt ?? 0, input.watermarkAt ?? 0) || null,
    seenAt: context.now,
  });
  return { woken: [...woken], counts };
}

function keep(view: View, source: string, alert: KeptAlert, context: Context, woken: Set<string>): void {
  const { action, isLine } = lineOf(view, alert);
  const { policies } = context.snapshot;
  // The line of an active response may end an incident, and opens none, but where integratord would have told of it.
  const mayOpen = ({ policy }: PolicyMatch): boolean => policies[policy]?.asIntegratord === true;
  const matches = isLine ? alert.matches.filter((match) => match.clears || mayOpen(match)) : alert.matches;
  const guard = guardOf(view, alert, context, woken);
  const joins = matches.map((match) => join(view, source, alert, match, guard, context, woken));
  const endings = joins.flatMap(({ disposition, incident, window }, i) =>
    incident === null && !window ? [{ policy: matches[i]!.policy, disposition }] : [],
  );
  if (action !== undefined) joins.unshift(noteAction(view, source, alert, action, context, woken));
  const windows = joins.flatMap(({ window }) => window ?? []);
  answerAlert(view, alert, joins, context, woken);
  view.putAlert({
    identity: alert.identity,
    source,
    at: alert.at,
    level: alert.level,
    agentId: alert.agentId,
    disposition:
      (joins.find(({ incident }) => incident !== null) ?? joins.find(({ window }) => window) ?? joins[0])
        ?.disposition ?? "ledger_only",
    incidents: [...new Set(joins.flatMap((joined) => (joined.incident === null ? [] : [joined.incident])))],
    ...(windows.length > 0 && { windows }),
    ...(endings.length > 0 && { endings }),
  });
}

function join(
  view: View,
  source: string,
  alert: KeptAlert,
  match: PolicyMatch,
  guard: Guard,
  context: Context,
  woken: Set<string>,
): Ended {
  const policy = context.snapshot.policies[match.policy];
  // What was opened under a policy that has gone since can still be cleared.
  if (policy === undefined && !match.clears) return { disposition: "ledger_only", incident: null };
  const current = upToDate(view, source, alert, match, context, woken);
  const tell = (incident: Incident, kind: MomentKind | null, text: string | null = null): void => {
    const moment = kind === null ? null : { kind, by: null, text };
    const news = { moment, happenedAt: alert.at };
    for (const destination of publish(view, incident, news, context)) woken.add(destination);
  };

  if (match.clears) {
    // One that is older than the trouble is of an earlier trouble, and came late.
    if (current === undefined || !isUnresolved(current) || alert.at < current.lastAt) {
      return { disposition: "nothing_to_clear", incident: null };
    }
    const wasPending = current.state === "pending";
    const cleared: Incident = {
      ...current,
      state: nextState(current.state, "clear") ?? current.state,
      resolvedAt: alert.at,
      resolvedBy: "clear",
      lastAt: alert.at,
      dueAt: null,
    };
    tell(cleared, wasPending ? null : "resolved", `cleared by rule ${alert.identity.ruleId}: ${alert.title}`);
    return { disposition: "cleared", incident: current.id };
  }

  if (policy === undefined) return { disposition: "ledger_only", incident: null };
  if (policy.window?.kind === "absence") {
    if (match.window === undefined || match.window.key === null)
      return { disposition: "window_key_missing", incident: null };
    const came = cameAsExpected(view, source, alert, match.window.key, policy, policy.window, context);
    for (const destination of came.woken) woken.add(destination);
    return came;
  }
  const gathered =
    policy.window === undefined ? ALONE : gatherFor(view, source, alert, match, current, policy, context);
  if (gathered.kind === "waits") {
    const { disposition, window } = gathered;
    return { disposition, incident: null, ...(window !== null && { window }) };
  }
  const full = gathered.window;
  if (current === undefined || isOver(current, alert, policy)) {
    const severity = policy.severity ?? severityOfLevel(full?.filled.worstLevel ?? alert.level);
    if (policy.tell[severity].length === 0)
      return {
        disposition: "ledger_only",
        incident: null,
        ...(full !== null && { window: keepGathering(view, full) }),
      };
    const verdict = guard(policy);
    if (verdict?.kind === "explained") return { disposition: "explained_by_action", incident: null };
    const alone = newIncident(view, source, alert, match, holdUntil(policy, verdict, alert), policy, context);
    const opened = full === null ? alone : { ...withWindow(alone, full, policy), severity };
    if (verdict !== null) awaitAction(view, alert.echo!, opened, alert.at, source);
    addBodies(view, opened, alert, full);
    tell(opened, opened.state === "pending" ? null : "opened");
    return {
      disposition: "opened",
      incident: opened.id,
      ...(full !== null && { window: spend(view, full, opened.id) }),
    };
  }

  const isBack = current.state === "resolved" && !isOvertaken(current, alert);
  const verdict = isBack ? guard(policy) : null;
  if (verdict?.kind === "explained") return { disposition: "explained_by_action", incident: null };
  const joined = withAlert(current, source, alert, policy);
  const grown = full === null ? joined : withWindow(joined, full, policy);
  addBodies(view, grown, alert, full);
  const window = full === null ? null : spend(view, full, grown.id);
  if (current.state === "resolved") {
    // The alert that was overtaken by its own clear: it belongs to what is over, and reopens nothing.
    if (!isBack) {
      tell({ ...grown, dueAt: null }, null);
      return { disposition: "joined", incident: grown.id };
    }
    const again = backAgain(grown);
    const dueAt = holdUntil(policy, verdict, alert);
    if (dueAt !== null) {
      // Held again: whoever heard that it was over hears of it when the hold is.
      const state = nextState(current.state, "held_alert") ?? current.state;
      if (verdict !== null) awaitAction(view, alert.echo!, again, alert.at, source);
      tell({ ...again, state, openedAt: null, dueAt }, null);
    } else {
      tell({ ...again, state: nextState(current.state, "alert") ?? current.state, openedAt: context.now }, "reopened");
    }
    return { disposition: "reopened", incident: grown.id, ...(window !== null && { window }) };
  }
  const isEcho =
    current.state === "pending" && alert.echo !== undefined && awaitAlso(view, alert.echo, grown, alert.at, source);
  if (current.state === "pending" && policy.holdMs === null && !isEcho) {
    // It was held back for what an action may have done, and this is something else.
    const state = nextState(current.state, "hold_over") ?? current.state;
    const dueAt = grown.lastAt + policy.resolveAfterMs;
    tell({ ...grown, state, openedAt: context.now, dueAt }, current.momentCount === 0 ? "opened" : "reopened");
    return { disposition: "joined", incident: grown.id };
  }
  const escalated = current.state !== "pending" && isWorse(grown.severity, current.severity);
  tell(grown, escalated ? "escalated" : null, escalated ? `rule ${alert.identity.ruleId}: ${alert.title}` : null);
  return { disposition: "joined", incident: grown.id };
}

/**
 * The newest incident of the group as it stands when the alert happens: a timer that was due before it fires before
 * it, whether or not a tick came between, so that a backlog ends as it would have ended live.
 */
function upToDate(
  view: View,
  source: string,
  alert: KeptAlert,
  match: PolicyMatch,
  context: Context,
  woken: Set<string>,
): Incident | undefined {
  for (;;) {
    const current = view.newestOfGroup(match.policy, match.groupKey);
    const dueAt = current?.dueAt ?? null;
    // Another source's clear may still be unread; only a tick knows how far that one has come.
    if (current === undefined || dueAt === null || alert.at <= dueAt || current.source !== source) return current;
    for (const destination of fireTimer(view, current, context)) woken.add(destination);
  }
}

/** Until when nobody hears of it; null: at once. A policy that holds its incidents back knows for how long. */
function holdUntil({ holdMs }: PolicyTerms, verdict: Verdict | null, alert: KeptAlert): Instant | null {
  if (holdMs !== null) return beganAt(alert) + holdMs;
  return verdict?.kind === "hold" ? verdict.until : null;
}

function newIncident(
  view: View,
  source: string,
  alert: KeptAlert,
  match: PolicyMatch,
  until: Instant | null,
  policy: PolicyTerms,
  context: Context,
): Incident {
  const held = until !== null;
  return {
    id: view.nextId("incident"),
    policy: match.policy,
    groupKey: match.groupKey,
    state: held ? "pending" : "open",
    severity: policy.severity ?? severityOfLevel(alert.level),
    title: alert.title,
    ruleId: alert.identity.ruleId,
    agentId: alert.agentId,
    agentName: alert.agentName,
    snapshot: context.snapshot.hash,
    source,
    count: 1,
    firstAt: alert.at,
    lastAt: alert.at,
    openedAt: held ? null : context.now,
    resolvedAt: null,
    resolvedBy: null,
    acknowledgedBy: null,
    revision: 0,
    momentCount: 0,
    dueAt: until ?? alert.at + policy.resolveAfterMs,
  };
}

function withAlert(incident: Incident, source: string, alert: KeptAlert, policy: PolicyTerms): Incident {
  const severity = policy.severity ?? severityOfLevel(alert.level);
  const lastAt = Math.max(incident.lastAt, alert.at);
  return {
    ...incident,
    source,
    count: incident.count + 1,
    firstAt: Math.min(incident.firstAt, alert.at),
    lastAt,
    severity: isWorse(severity, incident.severity) ? severity : incident.severity,
    dueAt: incident.state === "pending" ? heldUntil(incident, alert, policy) : lastAt + policy.resolveAfterMs,
  };
}

/** Nothing lasts since a time to come. */
function beganAt({ at, since = at }: KeptAlert): Instant {
  return Math.min(at, since);
}

/** An alert that knows since when it lasts may bring the end of the hold forward, and never puts it off. */
function heldUntil({ dueAt }: Incident, alert: KeptAlert, { holdMs }: PolicyTerms): Instant | null {
  if (dueAt === null || holdMs === null || alert.since === undefined) return dueAt;
  return Math.min(dueAt, beganAt(alert) + holdMs);
}
