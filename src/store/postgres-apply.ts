import type { Change, Counters, Gone } from "../core/change.ts";
import { agentCells, fleetCells } from "./agent-rows.ts";
import { endsIn } from "./attempt-ends.ts";
import {
  actionCells,
  alertCells,
  attemptCells,
  bodyCells,
  digestCells,
  incidentCells,
  laneCells,
  massCells,
  momentCells,
  quarantineCells,
  receiptCells,
  reminderCells,
  silenceCells,
  sourceCells,
  surgeCells,
  toldInCells,
  workCells,
} from "./cells.ts";
import { auditCells, sealCells } from "./audit-rows.ts";
import { responseCells, sightingCells, stopCells } from "./respond-rows.ts";
import * as columns from "./columns.ts";
import { namesOf, replacing, type Cell } from "./columns.ts";
import { retentionCells } from "./retention-rows.ts";
import { questionsOfGone } from "./postgres-gone.ts";
import type { Question } from "./postgres-session.ts";
import { insertAll, piecesOf, writing } from "./postgres-inserts.ts";
import { numberArray, textArray } from "./postgres-values.ts";
import { toText } from "./text.ts";
import { liveWindowCells, windowBookCells, windowFilledCells } from "./window-rows.ts";

type Table = Exclude<
  Change["table"],
  | "counters"
  | "work_done"
  | "sightings_before"
  | "window_gone"
  | "reminder_done"
  | "told_in_gone"
  | "silence_gone"
  | "agent_gone"
  | "gone"
>;

interface Shape {
  readonly columns: string;
  readonly text: string;
  /** Where the columns of the key stand. Null: rows are only added, and one that is there already is a bug. */
  readonly key: readonly number[] | null;
}

const SHAPES: Readonly<Record<Table, Shape>> = {
  source: put("source", columns.SOURCE, "name"),
  alert: add("alert", columns.ALERT),
  body: put("body", columns.BODY, "incident, slot"),
  quarantine: put("quarantine", columns.QUARANTINE, "source, slot"),
  incident: put("incident", columns.INCIDENT, "id"),
  moment: add("moment", columns.MOMENT),
  work: put("work", columns.WORK, "incident, destination"),
  receipt: put("receipt", columns.RECEIPT, "incident, destination"),
  attempt: put("attempt", columns.ATTEMPT, "id"),
  lane: put("lane", columns.LANE, "destination"),
  action: put("action", columns.ACTION, columns.ACTION_KEY),
  surge: put("surge", columns.SURGE, "policy"),
  mass: put("mass", columns.MASS, "incident"),
  window: put("live_window", columns.LIVE_WINDOW, columns.LIVE_WINDOW_KEY),
  window_book: put("window_book", columns.WINDOW_BOOK, "policy"),
  window_filled: add("window_filled", columns.WINDOW_FILLED),
  reminder: put("reminder", columns.REMINDER, "incident, kind"),
  digest: put("digest", columns.DIGEST, "destination"),
  told_in: put("told_in", columns.TOLD_IN, "incident, destination"),
  response: put("response", columns.RESPONSE, "id"),
  sighting: put("sighting", columns.SIGHTING, columns.SIGHTING_KEY),
  respond_stop: put("respond_stop", columns.RESPOND_STOP, "id"),
  silence: put("silence", columns.SILENCE, "id"),
  agent: put("agent", columns.AGENT, "agent_id"),
  fleet: put("fleet", columns.FLEET, "one"),
  audit: add("audit", columns.AUDIT),
  seal: add("seal", columns.SEAL),
  retention: put("retention", columns.RETENTION, "one"),
};

function add(table: string, list: string): Shape {
  return { columns: list, text: insertAll(table, list), key: null };
}

function put(table: string, list: string, key: string): Shape {
  const names: readonly string[] = namesOf(list);
  const text = `${insertAll(table, list)} ${replacing(list, key)}`;
  return { columns: list, text, key: namesOf(key).map((name) => names.indexOf(name)) };
}

const COUNTERS = "UPDATE meta SET incident = $1, attempt = $2, audit = $3, audit_head = $4";
const WORK_DONE = `DELETE FROM work USING unnest($1::bigint[], $2::text[]) AS done(incident, destination)
  WHERE work.incident = done.incident AND work.destination = done.destination`;
const WINDOWS_GONE = `DELETE FROM live_window USING unnest($1::text[], $2::text[]) AS gone(policy, window_key)
  WHERE live_window.policy = gone.policy AND live_window.window_key = gone.window_key`;
const REMINDER_DONE = `DELETE FROM reminder USING unnest($1::bigint[], $2::text[]) AS done(incident, kind)
  WHERE reminder.incident = done.incident AND reminder.kind = done.kind`;
const SIGHTINGS_BEFORE = "DELETE FROM sighting WHERE last_at < $1";
const TOLD_IN_GONE = `DELETE FROM told_in USING unnest($1::bigint[], $2::text[]) AS gone(incident, destination)
  WHERE told_in.incident = gone.incident AND told_in.destination = gone.destination`;
const SILENCES_GONE = "DELETE FROM silence WHERE id = ANY($1::bigint[])";
const AGENTS_GONE = "DELETE FROM agent WHERE agent_id = ANY($1::text[])";
const TALLY = `${insertAll("tally", columns.TALLY)} ON CONFLICT (destination, outcome)
  DO UPDATE SET count = tally.count + excluded.count`;

/**
 * The changes as statements: one for each table, however many rows. Where a row is changed twice the later change
 * counts, as it would one after the other. Throws, with nothing said to the server yet, where a value fits no column.
 */
export function statementsFor(changes: readonly Change[]): Question[] {
  const batch = new Batch();
  for (const change of changes) batch.add(change);
  const ends = endsIn(changes);
  const tallied = ends.length === 0 ? [] : [writing("tally", TALLY, columns.TALLY, ends)];
  return [...batch.statements(), ...tallied];
}

class Batch {
  #counters: Counters | null = null;
  readonly #rows = new Map<Table, Map<string, readonly Cell[]>>();
  #sightingsBefore: number | null = null;
  readonly #silencesGone = new Set<number>();
  readonly #toldInGone = new Map<string, readonly [number, string]>();
  readonly #workDone = new Map<string, readonly [number, string]>();
  readonly #windowsGone = new Map<string, readonly [string, string]>();
  readonly #agentsGone = new Set<string>();
  readonly #gone: Gone[] = [];
  readonly #remindersDone = new Map<string, readonly [number, string]>();

  add(change: Change): void {
    switch (change.table) {
      case "counters":
        this.#counters = change.row;
        return;
      case "source":
        return this.#put("source", sourceCells(change.row));
      case "alert":
        return this.#put("alert", alertCells(change.row));
      case "body":
        return this.#put("body", bodyCells(change.row));
      case "quarantine":
        return this.#put("quarantine", quarantineCells(change.row));
      case "incident":
        return this.#put("incident", incidentCells(change.row));
      case "moment":
        return this.#put("moment", momentCells(change.row));
      case "work":
        this.#workDone.delete(workKey(change.row));
        return this.#put("work", workCells(change.row));
      case "work_done":
        this.#rows.get("work")?.delete(workKey(change));
        this.#workDone.set(workKey(change), [change.incident, change.destination]);
        return;
      case "receipt":
        return this.#put("receipt", receiptCells(change.row));
      case "attempt":
        return this.#put("attempt", attemptCells(change.row));
      case "lane":
        return this.#put("lane", laneCells(change.row));
      case "action":
        return this.#put("action", actionCells(change.row));
      case "surge":
        return this.#put("surge", surgeCells(change.row));
      case "mass":
        return this.#put("mass", massCells(change.row));
      case "window":
        this.#windowsGone.delete(windowKey(change.row));
        return this.#put("window", liveWindowCells(change.row));
      case "window_gone":
        this.#rows.get("window")?.delete(windowKey(change));
        this.#windowsGone.set(windowKey(change), [toText(change.policy), toText(change.key)]);
        return;
      case "window_book":
        return this.#put("window_book", windowBookCells(change.row));
      case "window_filled":
        return this.#put("window_filled", windowFilledCells(change.row));
      case "reminder":
        this.#remindersDone.delete(reminderKey(change.row));
        return this.#put("reminder", reminderCells(change.row));
      case "reminder_done":
        this.#rows.get("reminder")?.delete(reminderKey(change));
        this.#remindersDone.set(reminderKey(change), [change.incident, change.kind]);
        return;
      case "digest":
        return this.#put("digest", digestCells(change.row));
      case "told_in":
        this.#toldInGone.delete(workKey(change.row));
        return this.#put("told_in", toldInCells(change.row));
      case "response":
        return this.#put("response", responseCells(change.row));
      case "sighting":
        return this.#put("sighting", sightingCells(change.row));
      case "sightings_before":
        this.#sightingsBefore = change.before;
        return;
      case "respond_stop":
        return this.#put("respond_stop", stopCells(change.row));
      case "told_in_gone":
        this.#rows.get("told_in")?.delete(workKey(change));
        this.#toldInGone.set(workKey(change), [change.incident, change.destination]);
        return;
      case "silence":
        this.#silencesGone.delete(change.row.id);
        return this.#put("silence", silenceCells(change.row));
      case "silence_gone":
        this.#rows.get("silence")?.delete(String(change.id));
        this.#silencesGone.add(change.id);
        return;
      case "agent":
        this.#agentsGone.delete(toText(change.row.id));
        return this.#put("agent", agentCells(change.row));
      case "agent_gone":
        this.#rows.get("agent")?.delete(toText(change.id));
        this.#agentsGone.add(toText(change.id));
        return;
      case "fleet":
        return this.#put("fleet", fleetCells(change.row));
      case "audit":
        return this.#put("audit", auditCells(change.row));
      case "seal":
        return this.#put("seal", sealCells(change.row));
      case "retention":
        return this.#put("retention", retentionCells(change.row));
      case "gone":
        this.#gone.push(change.gone);
        return;
    }
  }

  statements(): Question[] {
    const statements = [...this.#rows].flatMap(([table, rows]) => inserts(table, [...rows.values()]));
    if (this.#counters !== null) {
      const { incident, attempt, audit, auditHead = "" } = this.#counters;
      statements.push({ name: "put counters", text: COUNTERS, values: [incident, attempt, audit, auditHead] });
    }
    if (this.#agentsGone.size > 0)
      statements.push({ name: "forget agents", text: AGENTS_GONE, values: [textArray([...this.#agentsGone])] });
    if (this.#silencesGone.size > 0) {
      const values = [numberArray([...this.#silencesGone])];
      statements.push({ name: "forget silences", text: SILENCES_GONE, values });
    }
    if (this.#windowsGone.size > 0) statements.push(windowsGone([...this.#windowsGone.values()]));
    if (this.#workDone.size > 0) statements.push(done("work done", WORK_DONE, [...this.#workDone.values()]));
    if (this.#toldInGone.size > 0) statements.push(done("told in gone", TOLD_IN_GONE, [...this.#toldInGone.values()]));
    if (this.#remindersDone.size > 0)
      statements.push(done("reminder done", REMINDER_DONE, [...this.#remindersDone.values()]));
    if (this.#sightingsBefore !== null)
      statements.push({ name: "forget sightings", text: SIGHTINGS_BEFORE, values: [this.#sightingsBefore] });
    return [...statements, ...this.#gone.flatMap(questionsOfGone)];
  }

  #put(table: Table, cells: readonly Cell[]): void {
    const rows = this.#rows.get(table) ?? new Map<string, readonly Cell[]>();
    this.#rows.set(table, rows);
    const { key } = SHAPES[table];
    rows.set(key === null ? `${rows.size}` : key.map((place) => cells[place]).join("\n"), cells);
  }
}

function workKey({ incident, destination }: { readonly incident: number; readonly destination: string }): string {
  return `${incident}\n${destination}`;
}

function windowKey({ policy, key }: { readonly policy: string; readonly key: string }): string {
  return `${toText(policy)}\n${toText(key)}`;
}

function reminderKey({ incident, kind }: { readonly incident: number; readonly kind: string }): string {
  return `${incident}\n${kind}`;
}

function inserts(table: Table, rows: readonly (readonly Cell[])[]): Question[] {
  const { columns: list, text } = SHAPES[table];
  return piecesOf(rows).map((piece) => writing(table, text, list, piece));
}

/** Rows that are known by an incident and a word, and go. */
function done(name: string, text: string, keys: readonly (readonly [number, string])[]): Question {
  return { name, text, values: [numberArray(keys.map(([incident]) => incident)), textArray(keys.map(([, of]) => of))] };
}

function windowsGone(gone: readonly (readonly [string, string])[]): Question {
  const values = [textArray(gone.map(([policy]) => policy)), textArray(gone.map(([, key]) => key))];
  return { name: "windows gone", text: WINDOWS_GONE, values };
}
