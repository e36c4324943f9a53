import type { DatabaseSync } from "node:sqlite";
import type { Digest, ToldIn } from "../core/digest-event.ts";
import type { Reminder, ReminderKind } from "../core/rhythm.ts";
import { digestCells, reminderCells, toldInCells } from "./cells.ts";
import * as columns from "./columns.ts";
import { upsert } from "./columns.ts";

export function preparePutReminder(db: DatabaseSync): (row: Reminder) => void {
  const put = db.prepare(upsert("reminder", columns.REMINDER, "incident, kind"));
  return (row) => void put.run(...reminderCells(row));
}

export function prepareRemoveReminder(db: DatabaseSync): (incident: number, kind: ReminderKind) => void {
  const remove = db.prepare("DELETE FROM reminder WHERE incident = ? AND kind = ?");
  return (incident, kind) => void remove.run(incident, kind);
}

export function preparePutDigest(db: DatabaseSync): (row: Digest) => void {
  const put = db.prepare(upsert("digest", columns.DIGEST, "destination"));
  return (row) => void put.run(...digestCells(row));
}

export function preparePutToldIn(db: DatabaseSync): (row: ToldIn) => void {
  const put = db.prepare(upsert("told_in", columns.TOLD_IN, "incident, destination"));
  return (row) => void put.run(...toldInCells(row));
}

export function prepareRemoveToldIn(db: DatabaseSync): (incident: number, destination: string) => void {
  const remove = db.prepare("DELETE FROM told_in WHERE incident = ? AND destination = ?");
  return (incident, destination) => void remove.run(incident, destination);
}
