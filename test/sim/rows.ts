import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Snapshot } from "../../src/core/snapshot.ts";

export interface IncidentRow {
  readonly id: number;
  readonly policy: string;
  readonly group_key: string;
  readonly state: string;
  readonly severity: string;
  readonly count: number;
  readonly opened_at: number | null;
  readonly moment_count: number;
  readonly due_at: number | null;
  readonly collapsed_into: number;
}
export interface WorkRow {
  readonly incident: number;
  readonly destination: string;
  readonly state: string;
  readonly priority: number;
  readonly due_at: number;
  readonly since_at: number;
  readonly attempt: number | null;
  readonly reason: string | null;
  readonly lost: number;
}
export interface ReceiptRow {
  readonly incident: number;
  readonly destination: string;
  readonly steps: number;
  readonly moments_told: number;
  readonly repeats: number;
  readonly remote: string;
  readonly twins: string | null;
}
export interface LaneRow {
  readonly destination: string;
  readonly next_at: number;
  readonly hold_until: number;
  readonly failures: number;
  readonly trouble_at: number;
  readonly last_done_at: number | null;
  readonly action_holds: string | null;
}
export interface SourceCounts {
  readonly read: number;
  readonly ignored: number;
  readonly malformed: number;
  readonly duplicate: number;
  readonly kept: number;
}

/** The database as an inspector sees it: plain SQL over a connection of its own, past everything in `src/`. */
export interface Rows {
  all<Row>(sql: string, ...values: (string | number)[]): readonly Row[];
  /** Of a query for one number called `n`. */
  count(sql: string, ...values: (string | number)[]): number;
  close(): void;
}

export class SqliteRows implements Rows {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
  }

  all<Row>(sql: string, ...values: (string | number)[]): readonly Row[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement.all(...values) as Row[];
  }

  count(sql: string, ...values: (string | number)[]): number {
    return this.all<{ n: number }>(sql, ...values)[0]?.n ?? 0;
  }

  close(): void {
    this.#database.close();
  }
}

export function receiptsAt(rows: Rows, snapshot: Snapshot, destination: string): readonly ReceiptRow[] {
  if (snapshot.destinations[destination] === undefined) throw new Error(`no destination ${destination} in this world`);
  return rows.all<ReceiptRow>("SELECT * FROM receipt WHERE destination = ?", destination);
}

/** It is told in a mass event. */
export function isCollapsed(rows: Rows, incident: number): boolean {
  return rows.count("SELECT count(*) AS n FROM incident WHERE id = ? AND collapsed_into > 0", incident) > 0;
}

export function isDead(rows: Rows, incident: number, destination: string): boolean {
  return (
    rows.count(
      "SELECT count(*) AS n FROM work WHERE incident = ? AND destination = ? AND state = 'dead'",
      incident,
      destination,
    ) > 0
  );
}
