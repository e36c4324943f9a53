// What a row means. Each function takes the values of one row in the order of its list in columns.ts.
import type { Action } from "../core/action.ts";
import type { AlertRow, BodyRow, QuarantineRow, SourceRow } from "../core/change.ts";
import type { Incident } from "../core/incident.ts";
import type { Flaps } from "../core/flapping.ts";
import type { Lane } from "../core/lane.ts";
import type { Mass, Surge } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import type { Remote } from "../core/outcome.ts";
import type { Attempt, Plan, Receipt } from "../core/receipt.ts";
import type { Silence } from "../core/silence.ts";
import type { Sweep } from "../core/sweep.ts";
import type { Instant } from "../core/time.ts";
import type { Work } from "../core/work.ts";
import { handlingIn } from "./handling-rows.ts";
import { fromText, fromTextOrNull } from "./text.ts";
import { fromJson, type VersionedJson } from "./versioned-json.ts";

export type Row = readonly unknown[];

export const PLAN: VersionedJson = { name: "plan", upcasts: [] };
export const REMOTE: VersionedJson = { name: "remote", upcasts: [] };
export const TWINS: VersionedJson = { name: "list of twins", upcasts: [] };
export const SWEEPS: VersionedJson = { name: "list of sweeps", upcasts: [] };
export const ACTION_HOLDS: VersionedJson = { name: "list of held actions", upcasts: [] };
/** `{ ids, windows, endings }`: what an alert concerns, the windows in which it counted, and its other endings, if any. */
export const CONCERNS: VersionedJson = { name: "list of incidents", upcasts: [] };
/** `{ what }`: the consequences that a line of an action has explained. */
export const EXPLAINED: VersionedJson = { name: "list of what an action explains", upcasts: [] };
/** `{ openings }`: the newest of a policy. */
export const RECENT: VersionedJson = { name: "list of openings", upcasts: [] };

/** `{ flaps }`: how an incident comes back. */
export const FLAPS: VersionedJson = { name: "list of openings that came back", upcasts: [] };
/** `{ condition, written }`: what a silence hides. */
export const CONDITION: VersionedJson = { name: "condition of a silence", upcasts: [] };

type Text = string | null;

/** An applied config as text; no secret is in it. */
export interface SnapshotRow {
  readonly hash: string;
  /** When it was applied last. */
  readonly at: Instant;
  readonly body: string;
}

export function sourceOf(row: Row): SourceRow {
  const [name, cursor, read, ignored, malformed, duplicate, kept, collision, watermarkAt, seenAt] = row;
  return {
    name: name as string,
    cursor: cursor as Text,
    read: read as number,
    ignored: ignored as number,
    malformed: malformed as number,
    duplicate: duplicate as number,
    kept: kept as number,
    collision: collision as number,
    watermarkAt: watermarkAt as number | null,
    seenAt: seenAt as number | null,
  };
}

export function alertOf(row: Row): AlertRow {
  const [origin, nativeId, stamp, ruleId, source, at, level, agentId, disposition, incidents] = row;
  const { ids, ...rest } = fromJson<{ ids: readonly number[] } & Pick<AlertRow, "windows" | "endings">>(
    CONCERNS,
    incidents as string,
  );
  return {
    identity: {
      origin: fromText(origin as string),
      nativeId: fromText(nativeId as string),
      stamp: fromText(stamp as string),
      ruleId: fromText(ruleId as string),
    },
    source: source as string,
    at: at as number,
    level: level as number,
    agentId: fromTextOrNull(agentId as Text),
    disposition: disposition as AlertRow["disposition"],
    incidents: ids,
    ...rest,
  };
}

export function bodyOf(row: Row): BodyRow {
  const [incident, slot, ordinal, raw] = row;
  return {
    incident: incident as number,
    slot: slot as number,
    ordinal: ordinal as number,
    raw: fromText(raw as string),
  };
}

export function quarantineOf(row: Row): QuarantineRow {
  const [source, slot, at, why, raw] = row;
  return {
    source: source as string,
    slot: slot as number,
    at: at as number,
    why: why as QuarantineRow["why"],
    raw: fromText(raw as string),
  };
}

export function incidentOf(row: Row): Incident {
  const [id, policy, groupKey, state, severity, title, ruleId, agentId, agentName, snapshot, source, ...life] = row;
  const [count, firstAt, lastAt, openedAt, resolvedAt, resolvedBy, acknowledgedBy, revision, ...rest] = life;
  const [momentCount, dueAt, collapsedInto, flaps, handling] = rest;
  return {
    id: id as number,
    policy: policy as string,
    groupKey: fromText(groupKey as string),
    state: state as Incident["state"],
    severity: severity as Incident["severity"],
    title: fromText(title as string),
    ruleId: fromText(ruleId as string),
    agentId: fromTextOrNull(agentId as Text),
    agentName: fromTextOrNull(agentName as Text),
    snapshot: snapshot as string,
    source: source as string,
    count: count as number,
    firstAt: firstAt as number,
    lastAt: lastAt as number,
    openedAt: openedAt as number | null,
    resolvedAt: resolvedAt as number | null,
    resolvedBy: resolvedBy as Incident["resolvedBy"],
    acknowledgedBy: fromTextOrNull(acknowledgedBy as Text),
    revision: revision as number,
    momentCount: momentCount as number,
    dueAt: dueAt as number | null,
    // Zero for none, so that it can be compared where a row is changed.
    ...(collapsedInto !== 0 && { collapsedInto: collapsedInto as number }),
    ...(flaps !== null && { flaps: fromJson<{ flaps: Flaps }>(FLAPS, flaps as string).flaps }),
    ...handlingIn(handling),
  };
}

export function momentOf(row: Row): Moment {
  const [incident, n, kind, at, severity, count, by, text] = row;
  return {
    incident: incident as number,
    n: n as number,
    kind: kind as Moment["kind"],
    at: at as number,
    severity: severity as Moment["severity"],
    count: count as number,
    by: fromTextOrNull(by as Text),
    text: fromTextOrNull(text as Text),
  };
}

export function workOf(row: Row): Work {
  const [incident, destination, state, wanted, priority, dueAt, sinceAt, firstTriedAt, ...rest] = row;
  const [tries, looks, reason, evidence, attempt, lostSince, lost, mayLandUntil, sweeps] = rest;
  return {
    incident: incident as number,
    destination: destination as string,
    state: state as Work["state"],
    wanted: wanted as number,
    priority: priority as number,
    dueAt: dueAt as number,
    sinceAt: sinceAt as number,
    firstTriedAt: firstTriedAt as number | null,
    tries: tries as number,
    looks: looks as number,
    reason: reason as Work["reason"],
    evidence: fromTextOrNull(evidence as Text),
    attempt: attempt as number | null,
    lostSince: lostSince as number | null,
    lost: lost as number,
    mayLandUntil: mayLandUntil as number | null,
    sweeps: sweeps === null ? [] : fromJson<{ sweeps: readonly Sweep[] }>(SWEEPS, sweeps as string).sweeps,
  };
}

export function receiptOf(row: Row): Receipt {
  const [incident, destination, remote, twins, steps, momentsTold, headDigest, repeats, firstDoneAt, lastDoneAt] = row;
  return {
    incident: incident as number,
    destination: destination as string,
    remote: fromJson<Remote>(REMOTE, remote as string),
    twins: twins === null ? [] : fromJson<{ twins: readonly string[] }>(TWINS, twins as string).twins,
    steps: steps as number,
    momentsTold: momentsTold as number,
    headDigest: headDigest as Text,
    repeats: repeats as number,
    firstDoneAt: firstDoneAt as number,
    lastDoneAt: lastDoneAt as number,
  };
}

export function attemptOf(row: Row): Attempt {
  const [id, incident, destination, step, action, safeToRepeat, repeat, plan, revision, completes, ...end] = row;
  const [beganAt, endedAt, outcome, reason, evidence] = end;
  return {
    id: id as number,
    incident: incident as number,
    destination: destination as string,
    step: step as number,
    action: action as string,
    safeToRepeat: safeToRepeat === 1,
    repeat: repeat === 1,
    plan: fromJson<Plan>(PLAN, plan as string),
    revision: revision as number,
    completes: completes === 1,
    beganAt: beganAt as number,
    endedAt: endedAt as number | null,
    outcome: outcome as Attempt["outcome"],
    reason: reason as Text,
    evidence: fromTextOrNull(evidence as Text),
  };
}

export function laneOf(row: Row): Lane {
  const [destination, nextAt, holdUntil, failures, troubleAt, reason, evidence, lastDoneAt, holds, ...budget] = row;
  const [budgetFrom, budgetUsed] = budget;
  return {
    destination: destination as string,
    nextAt: nextAt as number,
    holdUntil: holdUntil as number,
    failures: failures as number,
    troubleAt: troubleAt as number,
    reason: reason as Lane["reason"],
    evidence: fromTextOrNull(evidence as Text),
    lastDoneAt: lastDoneAt as number | null,
    actionHolds: holds === null ? {} : fromJson<{ holds: Lane["actionHolds"] }>(ACTION_HOLDS, holds as string).holds,
    budgetFrom: budgetFrom as number,
    budgetUsed: budgetUsed as number,
  };
}

export function actionOf(row: Row): Action {
  const [agentId, program, target, beganAt, agentName, targetKind, state, incident, causeRule, source, ...life] = row;
  const [lastAt, times, expectedEndAt, endedAt, dueAt, told, explained] = life;
  return {
    agentId: fromText(agentId as string),
    program: fromText(program as string),
    target: fromText(target as string),
    beganAt: beganAt as number,
    agentName: fromTextOrNull(agentName as Text),
    targetKind: targetKind as Action["targetKind"],
    state: state as Action["state"],
    incident: incident as number | null,
    causeRule: fromTextOrNull(causeRule as Text),
    source: source as string,
    lastAt: lastAt as number,
    times: times as number,
    expectedEndAt: expectedEndAt as number | null,
    endedAt: endedAt as number | null,
    dueAt: dueAt as number | null,
    told: told === 1,
    explained: explained === null ? [] : fromJson<{ what: readonly string[] }>(EXPLAINED, explained as string).what,
  };
}

export function surgeOf([policy, recent]: Row): Surge {
  const { openings } = fromJson<{ openings: Surge["recent"] }>(RECENT, recent as string);
  return { policy: policy as string, recent: openings };
}

export function massOf(row: Row): Mass {
  const [incident, members, unresolved, surgedAt] = row as readonly number[];
  return { incident: incident!, members: members!, unresolved: unresolved!, surgedAt: surgedAt! };
}

export function silenceOf(row: Row): Silence {
  const [id, who, comment, createdAt, endsAt, incident, openedAt, condition] = row;
  const of = fromJson<Pick<Silence, "condition" | "written">>(CONDITION, condition as string);
  return {
    id: id as number,
    who: fromText(who as string),
    comment: fromTextOrNull(comment as Text),
    createdAt: createdAt as number,
    endsAt: endsAt as number | null,
    incident: incident === null ? null : { id: incident as number, openedAt: openedAt as number | null },
    condition: of.condition,
    written: of.written,
  };
}

export function snapshotOf(row: Row): SnapshotRow {
  const [hash, at, body] = row;
  return { hash: hash as string, at: at as number, body: fromText(body as string) };
}
