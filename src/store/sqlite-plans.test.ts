import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLAIM_SQL } from "./claim.ts";
import { FACT_SQL } from "./fact-sql.ts";
import { Reader } from "./queries.ts";
import { prepareSelect } from "./select.ts";
import { textOf } from "./sql.ts";
import { openSqliteStore } from "./sqlite.ts";
import { StoreError } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "riposte-plans-"));
const path = join(folder, "riposte.db");
let db: DatabaseSync;

beforeAll(() => {
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  store.close();
  db = new DatabaseSync(path);
});

afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** How SQLite means to find the rows, one line for each table. No statistics are kept: it decides the same for all. */
function planOf(sql: string): string[] {
  const parameters = Array(sql.match(/\?1/) === null ? (sql.match(/\?/g)?.length ?? 0) : 1).fill(null);
  return db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...parameters)
    .map((step) => String(step["detail"]));
}

const claims: Readonly<Record<keyof typeof CLAIM_SQL, readonly string[]>> = {
  due: ["SEARCH work USING INDEX work_due (destination=? AND priority=? AND (due_at,incident)>(?,?) AND due_at<?)"],
  lost: ["SEARCH work USING INDEX work_state (destination=? AND state=?)", "USE TEMP B-TREE FOR ORDER BY"],
  nextDue: ["SEARCH work USING INDEX work_due (destination=? AND priority=? AND due_at>?)"],
  lane: ["SEARCH lane USING INDEX sqlite_autoindex_lane_1 (destination=?)"],
  incident: ["SEARCH incident USING INTEGER PRIMARY KEY (rowid=?)"],
  moments: ["SEARCH moment USING PRIMARY KEY (incident=?)"],
  firstRaw: ["SEARCH body USING INDEX sqlite_autoindex_body_1 (incident=? AND slot=?)"],
  newestRaw: [
    "SEARCH body USING INDEX sqlite_autoindex_body_1 (incident=?)",
    "SCALAR SUBQUERY 1",
    "SEARCH body USING INDEX sqlite_autoindex_body_1 (incident=?)",
  ],
  mass: ["SEARCH mass USING INTEGER PRIMARY KEY (rowid=?)"],
  members: ["SEARCH incident USING INDEX incident_member (collapsed_into=? AND state=?)"],
  receipts: ["SEARCH receipt USING PRIMARY KEY (incident=?)"],
  allInDigest: [
    "SEARCH told_in USING COVERING INDEX told_in_digest (digest=?)",
    "SEARCH incident USING INTEGER PRIMARY KEY (rowid=?)",
  ],
  digest: ["SEARCH digest USING PRIMARY KEY (destination=?)"],
  work: ["SEARCH work USING PRIMARY KEY (incident=? AND destination=?)"],
  digested: ["SEARCH told_in USING COVERING INDEX told_in_digest (digest=?)"],
  digestedLive: [
    "SEARCH told_in USING COVERING INDEX told_in_digest (digest=?)",
    "SEARCH incident USING INTEGER PRIMARY KEY (rowid=?)",
  ],
  // Sorted are those of one digest, once.
  inDigest: [
    "SEARCH told_in USING COVERING INDEX told_in_digest (digest=?)",
    "SEARCH incident USING INTEGER PRIMARY KEY (rowid=?)",
    "USE TEMP B-TREE FOR ORDER BY",
  ],
  attempt: ["SEARCH attempt USING INTEGER PRIMARY KEY (rowid=?)"],
  responses: ["SEARCH response USING INDEX response_incident (incident=?)"],
};

const facts: Readonly<Record<keyof typeof FACT_SQL, readonly string[]>> = {
  // The one table of one row.
  counters: ["SCAN meta"],
  lastSeal: ["SCAN seal"],
  // As many rows as there were configs.
  lastConfig: ["SCAN snapshot", "USE TEMP B-TREE FOR ORDER BY"],
  source: ["SEARCH source USING INDEX sqlite_autoindex_source_1 (name=?)"],
  lane: ["SEARCH lane USING INDEX sqlite_autoindex_lane_1 (destination=?)"],
  alerts: ["SEARCH alert USING PRIMARY KEY (origin=? AND native_id=?)"],
  incident: ["SEARCH incident USING INTEGER PRIMARY KEY (rowid=?)"],
  newestOfGroup: ["SEARCH incident USING INDEX incident_group (policy=? AND group_key=?)"],
  due: ["SEARCH incident USING INDEX incident_timer (source=? AND due_at<?)"],
  nextSourceWithTimers: ["SEARCH incident USING COVERING INDEX incident_timer (source>?)"],
  works: ["SEARCH work USING PRIMARY KEY (incident=?)"],
  receipts: ["SEARCH receipt USING PRIMARY KEY (incident=?)"],
  attempt: ["SEARCH attempt USING INTEGER PRIMARY KEY (rowid=?)"],
  attemptsOfStep: ["SEARCH attempt USING INDEX attempt_incident (incident=?)"],
  openAttempts: ["SCAN attempt USING INDEX attempt_open"],
  nextDestinationWithWork: ["SEARCH work USING COVERING INDEX work_state (destination>?)"],
  live: ["SEARCH work USING INDEX work_state (destination=? AND state=?)"],
  actions: ["SEARCH action USING PRIMARY KEY (agent_id=? AND program=? AND target=?)"],
  inForce: ["SEARCH action USING PRIMARY KEY (agent_id=? AND program=? AND target=?)"],
  dueActions: ["SEARCH action USING INDEX action_timer (source=? AND due_at<?)"],
  surge: ["SEARCH surge USING PRIMARY KEY (policy=?)"],
  mass: ["SEARCH mass USING INTEGER PRIMARY KEY (rowid=?)"],
  dueReminders: ["SEARCH reminder USING INDEX reminder_timer (source=? AND due_at<?)"],
  nextSourceWithReminders: ["SEARCH reminder USING COVERING INDEX reminder_timer (source>?)"],
  digest: ["SEARCH digest USING PRIMARY KEY (destination=?)"],
  hushed: [
    "SEARCH work USING INDEX work_state (destination=? AND state=? AND (reason,since_at,incident)>(?,?,?) AND reason<?)",
  ],
  silence: ["SEARCH silence USING INTEGER PRIMARY KEY (rowid=?)"],
  // Few, and asked for at a start.
  silences: ["SCAN silence"],
  silenceCount: ["SCAN silence"],
  openOf: ["SEARCH incident USING INDEX incident_group (policy=?)", "USE TEMP B-TREE FOR ORDER BY"],
  nextSourceWithActions: ["SEARCH action USING COVERING INDEX action_timer (source>?)"],
  dead: ["SEARCH work USING INDEX work_state (destination=? AND state=?)"],
  window: ["SEARCH live_window USING INDEX sqlite_autoindex_live_window_1 (policy=? AND window_key=?)"],
  dueWindows: ["SEARCH live_window USING INDEX live_window_timer (source=? AND due_at<?)"],
  nextSourceWithWindows: ["SEARCH live_window USING COVERING INDEX live_window_timer (source>?)"],
  windowBook: ["SEARCH window_book USING PRIMARY KEY (policy=?)"],
};

describe("what the Writer asks is found by an index, and nothing is sorted", () => {
  it.each(Object.entries(claims))("claim: %s", (name, plan) => {
    expect(planOf(CLAIM_SQL[name as keyof typeof CLAIM_SQL])).toEqual(plan);
  });

  it.each(Object.entries(facts))("facts: %s", (name, plan) => {
    expect(planOf(FACT_SQL[name as keyof typeof FACT_SQL])).toEqual(plan);
  });
});

describe("what people ask", () => {
  const asked: readonly (readonly [string, (reader: Reader) => Promise<unknown>, RegExp])[] = [
    ["incidents", (reader) => reader.incidents({ limit: 9 }), /^SCAN incident$/],
    ["open incidents", (reader) => reader.incidents({ state: "open", limit: 9 }), /INDEX incident_state \(state=\?\)$/],
    ["the attempts of one", (reader) => reader.attempts({ incident: 1, limit: 9 }), /INDEX attempt_incident/],
    ["the receipts of one", (reader) => reader.receipts(1), /receipt USING PRIMARY KEY \(incident=\?\)/],
    ["audit rows", (reader) => reader.audit({ limit: 9 }), /^SCAN audit$/],
    ["work", (reader) => reader.work({ limit: 9 }), /work USING COVERING INDEX work_state/],
    ["counts of work", (reader) => reader.workTallies(), /^SCAN work USING COVERING INDEX work_state$/],
    ["counts of receipts", (reader) => reader.receiptTallies(), /receipt USING COVERING INDEX receipt_destination/],
    [
      "the members of a mass event",
      (reader) => reader.incidents({ toldIn: 1, limit: 9 }),
      /INDEX incident_member \(collapsed_into=\?\)/,
    ],
    ["what is told in a digest", (reader) => reader.incidents({ inDigest: 1, limit: 9 }), /INDEX told_in_digest/],
    ["the digests of one", (reader) => reader.toldIn(1), /told_in USING PRIMARY KEY \(incident=\?\)/],
    ["the reminders of one", (reader) => reader.reminders(1), /reminder USING PRIMARY KEY \(incident=\?\)/],
    ["the actions of one", (reader) => reader.actions(1, 9), /INDEX action_incident \(incident=\?\)$/],
    ["overdue actions", (reader) => reader.actionsIn("overdue", 9), /INDEX action_state \(state=\?\)$/],
    ["counts of actions", (reader) => reader.actionCounts(), /^SCAN action USING COVERING INDEX action_state$/],
    ["counts of incidents", (reader) => reader.incidentCounts(), /^SCAN incident USING COVERING INDEX incident_state$/],
  ];

  it.each(asked)("%s: comes in the order of an index, or from an index alone", async (_, ask, plan) => {
    const statements: string[] = [];
    const reader = new Reader(
      async (question) => {
        const text = textOf(question, () => "?");
        statements.push(text);
        return prepareSelect(db, text).all(...question.values);
      },
      () => {},
    );

    await ask(reader);
    await reader.close();

    expect(planOf(statements[0]!).filter((step) => plan.test(step))).toHaveLength(1);
  });
});
