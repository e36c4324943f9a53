// One side of `enqueue`, in a process of its own so that its disk can be a slow one. `store` writes what a turn that
// opens an incident for each alert writes; `bare` an alert and a job with SQLite alone, as a plain queue would.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Change } from "../src/core/change.ts";
import { newWork } from "../src/core/work.ts";
import type * as Sqlite from "../src/store/sqlite.ts";
import { mustEqual, mustHold } from "./bench.ts";
import { builtModule } from "./built.ts";
import { alertLines, type GeneratedLine } from "./generate.ts";

export interface EnqueueAnswer {
  readonly tookMs: number;
  readonly cpuMs: number;
}

const [how = "", folder = "", batchText = "1", batchesText = "1"] = process.argv.slice(2);
const [batch, batches] = [Number(batchText), Number(batchesText)];
const AT = Date.UTC(2026, 0, 1);

/** Commits the alerts, of which so many came before. */
type Enqueue = (alerts: readonly GeneratedLine[], before: number) => void;

const side = how === "bare" ? bareQueue() : await realStore();
const lines = alertLines(30);
const turns = Array.from({ length: batches }, () => Array.from({ length: batch }, () => lines.next().value));
const [cpuBefore, startedAt] = [process.cpuUsage(), performance.now()];
for (const [turn, alerts] of turns.entries()) side.enqueue(alerts, turn * batch);
const tookMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpuBefore);
side.close();
for (const table of side.tables) mustEqual(`rows of ${table}`, rowsOf(table), batch * batches);
const answer: EnqueueAnswer = { tookMs, cpuMs: (user + system) / 1000 };
console.log(JSON.stringify(answer));

interface Side {
  readonly enqueue: Enqueue;
  readonly close: () => void;
  /** Those that have a row for each alert. */
  readonly tables: readonly string[];
}

async function realStore(): Promise<Side> {
  const { openSqliteStore } = await builtModule<typeof Sqlite>("store/sqlite.ts");
  const store = openSqliteStore({ path: databasePath(), synchronous: "full", newInstall: "measured" });
  if (store instanceof Error) throw store;
  return {
    enqueue(alerts, before) {
      store.commit(changesOf(alerts, before));
      store.upkeep();
    },
    close: () => store.close(),
    tables: ["alert", "body", "incident", "moment", "work"],
  };
}

function changesOf(alerts: readonly GeneratedLine[], before: number): readonly Change[] {
  const kept = before + alerts.length;
  const of = alerts.flatMap((alert, n) => alertChanges(alert, before + n + 1));
  return [
    ...of,
    { table: "counters", row: { incident: kept, attempt: 0, audit: 0 } },
    {
      table: "source",
      row: {
        name: "alerts",
        cursor: JSON.stringify({ v: 1, offset: kept }),
        read: kept,
        ignored: 0,
        malformed: 0,
        duplicate: 0,
        kept,
        collision: 0,
        watermarkAt: AT,
        seenAt: AT,
      },
    },
  ];
}

function alertChanges({ line, level, id }: GeneratedLine, incident: number): Change[] {
  const at = AT + incident;
  return [
    {
      table: "alert",
      row: {
        identity: { origin: "example/node01", nativeId: id, stamp: new Date(at).toISOString(), ruleId: "5710" },
        source: "alerts",
        at,
        level,
        agentId: "001",
        disposition: "opened",
        incidents: [incident],
      },
    },
    { table: "body", row: { incident, slot: 0, ordinal: 1, raw: line } },
    {
      table: "incident",
      row: {
        id: incident,
        policy: "measured",
        groupKey: JSON.stringify([id]),
        state: "open",
        severity: "high",
        title: "Attempt to login with a name that is not known",
        ruleId: "5710",
        agentId: "001",
        agentName: "host1",
        snapshot: "0".repeat(64),
        source: "alerts",
        count: 1,
        firstAt: at,
        lastAt: at,
        openedAt: at,
        resolvedAt: null,
        resolvedBy: null,
        acknowledgedBy: null,
        revision: 1,
        momentCount: 1,
        dueAt: at + 86_400_000,
      },
    },
    {
      table: "moment",
      row: { incident, n: 1, kind: "opened", at, severity: "high", count: 1, by: null, text: null },
    },
    { table: "work", row: newWork({ id: incident, revision: 1 }, "sink", 1, at) },
  ];
}

function bareQueue(): Side {
  const db = new DatabaseSync(databasePath());
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  db.exec("CREATE TABLE alert (id TEXT PRIMARY KEY, raw TEXT) WITHOUT ROWID");
  db.exec("CREATE TABLE job (n INTEGER PRIMARY KEY, alert TEXT, due INTEGER)");
  db.exec("CREATE TABLE bookmark (source TEXT PRIMARY KEY, offset INTEGER)");
  const addAlert = db.prepare("INSERT INTO alert VALUES (?, ?)");
  const addJob = db.prepare("INSERT INTO job VALUES (?, ?, ?)");
  const putBookmark = db.prepare("INSERT OR REPLACE INTO bookmark VALUES ('alerts', ?)");
  return {
    enqueue(alerts, before) {
      db.exec("BEGIN IMMEDIATE");
      for (const [n, { id, line }] of alerts.entries()) {
        addAlert.run(id, line);
        addJob.run(before + n, id, AT);
      }
      putBookmark.run(before + alerts.length);
      db.exec("COMMIT");
    },
    close: () => db.close(),
    tables: ["alert", "job"],
  };
}

function rowsOf(table: string): number {
  const db = new DatabaseSync(databasePath(), { readOnly: true });
  const rows = db.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.["rows"];
  db.close();
  mustHold(typeof rows === "number", `${table} can be counted`);
  return Number(rows);
}

function databasePath(): string {
  return join(folder, `${how}.db`);
}
