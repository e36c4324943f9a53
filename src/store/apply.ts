import type { DatabaseSync } from "node:sqlite";
import type { Action } from "../core/action.ts";
import type { Seal } from "../core/audit-seal.ts";
import type { AlertRow, AuditRow, BodyRow, Change, Counters, QuarantineRow, SourceRow } from "../core/change.ts";
import type { Incident } from "../core/incident.ts";
import type { Lane } from "../core/lane.ts";
import type { Mass, Surge } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Response, Sighting, Stop } from "../core/response.ts";
import type { Silence } from "../core/silence.ts";
import type { Work } from "../core/work.ts";
import {
  actionCells,
  alertCells,
  attemptCells,
  bodyCells,
  incidentCells,
  laneCells,
  massCells,
  momentCells,
  quarantineCells,
  receiptCells,
  silenceCells,
  sourceCells,
  surgeCells,
  workCells,
} from "./cells.ts";
import { auditCells, sealCells } from "./audit-rows.ts";
import { responseCells, sightingCells, stopCells } from "./respond-rows.ts";
import { prepareKeepAgents } from "./agent-rows.ts";
import { prepareRetain } from "./apply-gone.ts";
import { endsIn } from "./attempt-ends.ts";
import {
  preparePutDigest,
  preparePutReminder,
  preparePutToldIn,
  prepareRemoveReminder,
  prepareRemoveToldIn,
} from "./rhythm-apply.ts";
import * as columns from "./columns.ts";
import { insert, update, upsert } from "./columns.ts";
import { prepareAddWindowFilled, preparePutWindow, preparePutWindowBook, prepareRemoveWindow } from "./window-apply.ts";

/** Prepares the statements of each table; what it returns writes changes, inside the caller's transaction. */
export function prepareApply(db: DatabaseSync): (changes: readonly Change[]) => void {
  const putCounters = preparePutCounters(db);
  const putSource = preparePutSource(db);
  const addAlert = prepareAddAlert(db);
  const putBody = preparePutBody(db);
  const putQuarantine = preparePutQuarantine(db);
  const putIncident = preparePutIncident(db);
  const addMoment = prepareAddMoment(db);
  const putWork = preparePutWork(db);
  const removeWork = prepareRemoveWork(db);
  const putReceipt = preparePutReceipt(db);
  const putAttempt = preparePutAttempt(db);
  const addTallies = prepareAddTallies(db);
  const putLane = preparePutLane(db);
  const putAction = preparePutAction(db);
  const putSurge = preparePutSurge(db);
  const putMass = preparePutMass(db);
  const putWindow = preparePutWindow(db);
  const removeWindow = prepareRemoveWindow(db);
  const putWindowBook = preparePutWindowBook(db);
  const addWindowFilled = prepareAddWindowFilled(db);
  const putReminder = preparePutReminder(db);
  const removeReminder = prepareRemoveReminder(db);
  const putDigest = preparePutDigest(db);
  const putToldIn = preparePutToldIn(db);
  const putResponse = preparePutResponse(db);
  const putSighting = preparePutSighting(db);
  const forgetSightings = prepareForgetSightings(db);
  const putStop = preparePutStop(db);
  const removeToldIn = prepareRemoveToldIn(db);
  const putSilence = preparePutSilence(db);
  const removeSilence = prepareRemoveSilence(db);
  const keepAgents = prepareKeepAgents(db);
  const addAudit = prepareAddAudit(db);
  const addSeal = prepareAddSeal(db);
  const retain = prepareRetain(db);

  function put(change: Change): void {
    switch (change.table) {
      case "counters":
        return putCounters(change.row);
      case "source":
        return putSource(change.row);
      case "alert":
        return addAlert(change.row);
      case "body":
        return putBody(change.row);
      case "quarantine":
        return putQuarantine(change.row);
      case "incident":
        return putIncident(change.row);
      case "moment":
        return addMoment(change.row);
      case "work":
        return putWork(change.row);
      case "work_done":
        return removeWork(change.incident, change.destination);
      case "receipt":
        return putReceipt(change.row);
      case "attempt":
        return putAttempt(change.row);
      case "lane":
        return putLane(change.row);
      case "action":
        return putAction(change.row);
      case "surge":
        return putSurge(change.row);
      case "mass":
        return putMass(change.row);
      case "window":
        return putWindow(change.row);
      case "window_gone":
        return removeWindow(change.policy, change.key);
      case "window_book":
        return putWindowBook(change.row);
      case "window_filled":
        return addWindowFilled(change.row);
      case "reminder":
        return putReminder(change.row);
      case "reminder_done":
        return removeReminder(change.incident, change.kind);
      case "digest":
        return putDigest(change.row);
      case "told_in":
        return putToldIn(change.row);
      case "response":
        return putResponse(change.row);
      case "sighting":
        return putSighting(change.row);
      case "sightings_before":
        return forgetSightings(change.before);
      case "respond_stop":
        return putStop(change.row);
      case "told_in_gone":
        return removeToldIn(change.incident, change.destination);
      case "silence":
        return putSilence(change.row);
      case "silence_gone":
        return removeSilence(change.id);
      case "agent":
      case "agent_gone":
      case "fleet":
        return keepAgents(change);
      case "audit":
        return addAudit(change.row);
      case "seal":
        return addSeal(change.row);
      case "retention":
      case "gone":
        return retain(change);
    }
  }

  return (changes) => {
    for (const change of changes) put(change);
    addTallies(changes);
  };
}

function preparePutCounters(db: DatabaseSync): (row: Counters) => void {
  const put = db.prepare("UPDATE meta SET incident = ?, attempt = ?, audit = ?, audit_head = ?");
  return (row) => void put.run(row.incident, row.attempt, row.audit, row.auditHead ?? "");
}

function preparePutSource(db: DatabaseSync): (row: SourceRow) => void {
  const put = db.prepare(upsert("source", columns.SOURCE, "name"));
  return (row) => void put.run(...sourceCells(row));
}

/** The ledger is only added to: an alert that is there already was to be a duplicate, and is a bug here. */
function prepareAddAlert(db: DatabaseSync): (row: AlertRow) => void {
  const add = db.prepare(insert("alert", columns.ALERT));
  return (row) => void add.run(...alertCells(row));
}

function preparePutBody(db: DatabaseSync): (row: BodyRow) => void {
  const put = db.prepare(upsert("body", columns.BODY, "incident, slot"));
  return (row) => void put.run(...bodyCells(row));
}

function preparePutQuarantine(db: DatabaseSync): (row: QuarantineRow) => void {
  const put = db.prepare(upsert("quarantine", columns.QUARANTINE, "source, slot"));
  return (row) => void put.run(...quarantineCells(row));
}

function preparePutIncident(db: DatabaseSync): (row: Incident) => void {
  const put = db.prepare(upsert("incident", columns.INCIDENT, "id"));
  // Most alerts join an incident and leave its state: not touching its indexes then spares a third of the time.
  const grow = db.prepare(update("incident", columns.INCIDENT, "id, policy, group_key, state, collapsed_into"));
  return (row) => {
    const values = incidentCells(row);
    const isNew = row.revision === 1;
    if (isNew || grow.run(...values).changes === 0) put.run(...values);
  };
}

function prepareAddMoment(db: DatabaseSync): (row: Moment) => void {
  const add = db.prepare(insert("moment", columns.MOMENT));
  return (row) => void add.run(...momentCells(row));
}

function preparePutWork(db: DatabaseSync): (row: Work) => void {
  const put = db.prepare(upsert("work", columns.WORK, "incident, destination"));
  return (row) => void put.run(...workCells(row));
}

function prepareRemoveWork(db: DatabaseSync): (incident: number, destination: string) => void {
  const remove = db.prepare("DELETE FROM work WHERE incident = ? AND destination = ?");
  return (incident, destination) => void remove.run(incident, destination);
}

function preparePutReceipt(db: DatabaseSync): (row: Receipt) => void {
  const put = db.prepare(upsert("receipt", columns.RECEIPT, "incident, destination"));
  return (row) => void put.run(...receiptCells(row));
}

function preparePutAttempt(db: DatabaseSync): (row: Attempt) => void {
  const put = db.prepare(upsert("attempt", columns.ATTEMPT, "id"));
  return (row) => void put.run(...attemptCells(row));
}

function prepareAddTallies(db: DatabaseSync): (changes: readonly Change[]) => void {
  const add = db.prepare(
    `${insert("tally", columns.TALLY)} ON CONFLICT (destination, outcome)
     DO UPDATE SET count = tally.count + excluded.count`,
  );
  return (changes) => {
    for (const ends of endsIn(changes)) add.run(...ends);
  };
}

function preparePutLane(db: DatabaseSync): (row: Lane) => void {
  const put = db.prepare(upsert("lane", columns.LANE, "destination"));
  return (row) => void put.run(...laneCells(row));
}

function preparePutAction(db: DatabaseSync): (row: Action) => void {
  const put = db.prepare(upsert("action", columns.ACTION, columns.ACTION_KEY));
  return (row) => void put.run(...actionCells(row));
}

function preparePutSurge(db: DatabaseSync): (row: Surge) => void {
  const put = db.prepare(upsert("surge", columns.SURGE, "policy"));
  return (row) => void put.run(...surgeCells(row));
}

function preparePutMass(db: DatabaseSync): (row: Mass) => void {
  const put = db.prepare(upsert("mass", columns.MASS, "incident"));
  return (row) => void put.run(...massCells(row));
}

function preparePutResponse(db: DatabaseSync): (row: Response) => void {
  const put = db.prepare(upsert("response", columns.RESPONSE, "id"));
  return (row) => void put.run(...responseCells(row));
}

function preparePutSighting(db: DatabaseSync): (row: Sighting) => void {
  const put = db.prepare(upsert("sighting", columns.SIGHTING, columns.SIGHTING_KEY));
  return (row) => void put.run(...sightingCells(row));
}

function prepareForgetSightings(db: DatabaseSync): (before: number) => void {
  const forget = db.prepare("DELETE FROM sighting WHERE last_at < ?");
  return (before) => void forget.run(before);
}

function preparePutStop(db: DatabaseSync): (row: { readonly stop: Stop | null }) => void {
  const put = db.prepare(upsert("respond_stop", columns.RESPOND_STOP, "id"));
  return (row) => void put.run(...stopCells(row));
}

function preparePutSilence(db: DatabaseSync): (row: Silence) => void {
  const put = db.prepare(upsert("silence", columns.SILENCE, "id"));
  return (row) => void put.run(...silenceCells(row));
}

function prepareRemoveSilence(db: DatabaseSync): (id: number) => void {
  const remove = db.prepare("DELETE FROM silence WHERE id = ?");
  return (id) => void remove.run(id);
}

function prepareAddAudit(db: DatabaseSync): (row: AuditRow) => void {
  const add = db.prepare(insert("audit", columns.AUDIT));
  return (row) => void add.run(...auditCells(row));
}

function prepareAddSeal(db: DatabaseSync): (row: Seal) => void {
  const add = db.prepare(insert("seal", columns.SEAL));
  return (row) => void add.run(...sealCells(row));
}
