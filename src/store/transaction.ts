import type { DatabaseSync } from "node:sqlite";

/**
 * `DEFERRED` for many reads: they see one state, and each spares taking and leaving the read lock (half of what a
 * small read costs). `IMMEDIATE` for writes.
 */
export function transaction<Result>(db: DatabaseSync, kind: "DEFERRED" | "IMMEDIATE", work: () => Result): Result {
  db.exec(`BEGIN ${kind}`);
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk or a failed write may have ended the transaction already.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** The same for work that waits for others than the database. Nobody else may use the connection meanwhile. */
export async function longTransaction(db: DatabaseSync, work: () => Promise<void>): Promise<void> {
  db.exec("BEGIN IMMEDIATE");
  try {
    await work();
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
