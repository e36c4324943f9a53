import { DatabaseSync } from "node:sqlite";
import { refuseFolder } from "./database-place.ts";
import { schemaOf } from "./identity.ts";
import { MIGRATIONS } from "./migrate.ts";
import { StoreError } from "./store.ts";
import { troubleWith } from "./trouble.ts";

const BUSY_MS = 2_000;

/** A database that this program can read, beside an engine that works on it or with none. Throws why it can't. */
export function openForReading(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    refuseFolder(path);
    db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
    if (schemaOf(db, path, MIGRATIONS.length) > 0) return db;
    throw new StoreError("missing", `${path} is still empty: start Riposte on it once.`);
  } catch (error) {
    db?.close();
    const trouble = troubleWith(path, error);
    if (trouble === error || !(trouble instanceof StoreError) || trouble.code !== "unwritable") throw trouble;
    throw new StoreError(
      "missing",
      `There is no database at ${path} that this user may read: start Riposte on it once, or name another in \`store\`.`,
      { cause: trouble },
    );
  }
}
