import type { DatabaseSync } from "node:sqlite";
import type { Cell } from "./columns.ts";
import type { Row } from "./rows.ts";

/** A prepared query whose rows are arrays: node:sqlite makes them twice as fast as objects. */
export interface Select {
  get(...parameters: readonly Cell[]): Row | undefined;
  all(...parameters: readonly Cell[]): Row[];
}

export function prepareSelect(db: DatabaseSync, sql: string): Select {
  return db.prepare(sql, { returnArrays: true }) as unknown as Select;
}

/**
 * Bounds what a prepared query gives. A bare `LIMIT ?` is part of SQLite's plan, which it makes anew each time that the
 * number is bound (10 µs rather than 0.4); a sum is no part of it.
 */
export const AT_MOST = "LIMIT 0 + ?";
