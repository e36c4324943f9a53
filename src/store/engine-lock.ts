import { DatabaseSync } from "node:sqlite";
import { refuseReadOnly } from "./database-place.ts";
import { createPrivate } from "./private-file.ts";
import { StoreError } from "./store.ts";
import { troubleWith } from "./trouble.ts";

/** Held for as long as an engine works on a database; the operating system frees it when the process dies. */
export interface EngineLock {
  release(): void;
}

/**
 * One engine for each database, by a lock on a small database beside it: locking the real one for good would shut
 * out those who only read. The file stays behind, since removing it could race with the next engine.
 */
export function takeEngineLock(path: string): EngineLock {
  const lockPath = `${path}.lock`;
  let db: DatabaseSync | undefined;
  try {
    createPrivate(lockPath);
    refuseReadOnly(lockPath);
    db = new DatabaseSync(lockPath, { timeout: 0 });
    db.exec("PRAGMA journal_mode = MEMORY");
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db?.close();
    const trouble = troubleWith(lockPath, error);
    if (!(trouble instanceof StoreError) || trouble.code !== "locked") throw trouble;
    throw new StoreError(
      "locked",
      `Another Riposte is working on ${path}: stop it first, or ask that one over its socket.`,
      { cause: error },
    );
  }
  const held = db;
  return { release: () => held.close() };
}
