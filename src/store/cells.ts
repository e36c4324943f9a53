// A row as the values of its columns, in the order of its list in columns.ts: the way back from rows.ts.
import type { Action } from "../core/action.ts";
import type { AlertRow, BodyRow, QuarantineRow, SourceRow } from "../core/change.ts";
import type { Digest, ToldIn } from "../core/digest-event.ts";
import type { Incident } from "../core/incident.ts";
import type { Lane } from "../core/lane.ts";
import type { Mass, Surge } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Reminder } from "../core/rhythm.ts";
import type { Silence } from "../core/silence.ts";
import type { Work } from "../core/work.ts";
import type { Cell } from "./columns.ts";
import { handlingCell } from "./handling-rows.ts";
import { ACTION_HOLDS, CONCERNS, CONDITION, EXPLAINED, FLAPS, PLAN, RECENT, REMOTE, SWEEPS, TWINS } from "./rows.ts";
import { toText, toTextOrNull } from "./text.ts";
import { toJson } from "./versioned-json.ts";

export function sourceCells(row: SourceRow): Cell[] {
  const { name, cursor, read, ignored, malformed, duplicate, kept, collision, watermarkAt, seenAt } = row;
  return [name, cursor, read, ignored, malformed, duplicate, kept, collision, watermarkAt, seenAt];
}

export function alertCells(row: AlertRow): Cell[] {
  const { origin, nativeId, stamp, ruleId } = row.identity;
  return [
    toText(origin),
    toText(nativeId),
    toText(stamp),
    toText(ruleId),
    row.source,
    row.at,
    row.level,
    toTextOrNull(row.agentId),
    row.disposition,
    toJson(CONCERNS, {
      ids: row.incidents,
      ...(row.windows !== undefined && { windows: row.windows }),
      ...(row.endings !== undefined && { endings: row.endings }),
    }),
  ];
}

export function bodyCells({ incident, slot, ordinal, raw }: BodyRow): Cell[] {
  return [incident, slot, ordinal, toText(raw)];
}

export function quarantineCells({ source, slot, at, why, raw }: QuarantineRow): Cell[] {
  return [source, slot, at, why, toText(raw)];
}

export function incidentCells(row: Incident): Cell[] {
  return [
    row.id,
    row.policy,
    toText(row.groupKey),
    row.state,
    row.severity,
    toText(row.title),
    toText(row.ruleId),
    toTextOrNull(row.agentId),
    toTextOrNull(row.agentName),
    row.snapshot,
    row.source,
    row.count,
    row.firstAt,
    row.lastAt,
    row.openedAt,
    row.resolvedAt,
    row.resolvedBy,
    toTextOrNull(row.acknowledgedBy),
    row.revision,
    row.momentCount,
    row.dueAt,
    row.collapsedInto ?? 0,
    row.flaps === undefined ? null : toJson(FLAPS, { flaps: row.flaps }),
    handlingCell(row.handling),
  ];
}

export function momentCells({ incident, n, kind, at, severity, count, by, text }: Moment): Cell[] {
  return [incident, n, kind, at, severity, count, toTextOrNull(by), toTextOrNull(text)];
}

export function workCells(row: Work): Cell[] {
  return [
    row.incident,
    row.destination,
    row.state,
    row.wanted,
    row.priority,
    row.dueAt,
    row.sinceAt,
    row.firstTriedAt,
    row.tries,
    row.looks,
    row.reason,
    toTextOrNull(row.evidence),
    row.attempt,
    row.lostSince,
    row.lost,
    row.mayLandUntil,
    row.sweeps.length === 0 ? null : toJson(SWEEPS, { sweeps: row.sweeps }),
  ];
}

export function receiptCells(row: Receipt): Cell[] {
  return [
    row.incident,
    row.destination,
    toJson(REMOTE, row.remote),
    row.twins.length === 0 ? null : toJson(TWINS, { twins: row.twins }),
    row.steps,
    row.momentsTold,
    row.headDigest,
    row.repeats,
    row.firstDoneAt,
    row.lastDoneAt,
  ];
}

export function attemptCells(row: Attempt): Cell[] {
  return [
    row.id,
    row.incident,
    row.destination,
    row.step,
    row.action,
    row.safeToRepeat ? 1 : 0,
    row.repeat ? 1 : 0,
    toJson(PLAN, row.plan),
    row.revision,
    row.completes ? 1 : 0,
    row.beganAt,
    row.endedAt,
    row.outcome,
    row.reason,
    toTextOrNull(row.evidence),
  ];
}

export function laneCells(row: Lane): Cell[] {
  const { destination, nextAt, holdUntil, failures, troubleAt, reason, evidence, lastDoneAt, actionHolds } = row;
  const { budgetFrom, budgetUsed } = row;
  const holds = Object.keys(actionHolds).length === 0 ? null : toJson(ACTION_HOLDS, { holds: actionHolds });
  return [
    destination,
    nextAt,
    holdUntil,
    failures,
    troubleAt,
    reason,
    toTextOrNull(evidence),
    lastDoneAt,
    holds,
    budgetFrom,
    budgetUsed,
  ];
}

export function actionCells(row: Action): Cell[] {
  return [
    toText(row.agentId),
    toText(row.program),
    toText(row.target),
    row.beganAt,
    toTextOrNull(row.agentName),
    row.targetKind,
    row.state,
    row.incident,
    toTextOrNull(row.causeRule),
    row.source,
    row.lastAt,
    row.times,
    row.expectedEndAt,
    row.endedAt,
    row.dueAt,
    row.told ? 1 : 0,
    row.explained.length === 0 ? null : toJson(EXPLAINED, { what: row.explained }),
  ];
}

export function surgeCells({ policy, recent }: Surge): Cell[] {
  return [policy, toJson(RECENT, { openings: recent })];
}

export function massCells({ incident, members, unresolved, surgedAt }: Mass): Cell[] {
  return [incident, members, unresolved, surgedAt];
}

export function reminderCells({ incident, kind, source, dueAt, times }: Reminder): Cell[] {
  return [incident, kind, source, dueAt, times];
}

export function digestCells({ destination, incident, since, told }: Digest): Cell[] {
  return [destination, incident, since, told];
}

export function toldInCells({ incident, destination, digest }: ToldIn): Cell[] {
  return [incident, destination, digest];
}

export function silenceCells(row: Silence): Cell[] {
  return [
    row.id,
    toText(row.who),
    toTextOrNull(row.comment),
    row.createdAt,
    row.endsAt,
    row.incident?.id ?? null,
    row.incident?.openedAt ?? null,
    toJson(CONDITION, { condition: row.condition, written: row.written }),
  ];
}
