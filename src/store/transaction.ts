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
