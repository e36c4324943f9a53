import { DatabaseSync } from "node:sqlite";
import { refuseFolder, refuseReadOnly, statOf } from "./database-place.ts";
import { schemaOf } from "./identity.ts";
import { StoreError } from "./store.ts";
import { troubleWith } from "./trouble.ts";

/** What lies where a restored database is to go. */
export type Former =
  | { readonly kind: "none" }
  | { readonly kind: "ours"; readonly install: string; readonly lastIncident: number }
  /** Whole as files go, and nothing more is known of it. */
  | { readonly kind: "unread" }
  /** Its log can't be moved into it, and is kept beside it. */
  | { readonly kind: "damaged" };

const BUSY_MS = 2_000;

/**
 * Looks at the database that is to be replaced, and makes one file of it where it is sound: a log that stayed behind
 * would be taken for that of the restored one. Throws when nothing may be put in its place.
 */
export function lookAtFormer(path: string): Former {
  const found = statOf(path);
  if (found === null || (found.isFile() && found.size === 0)) return { kind: "none" };
  refuseFolder(path);
  refuseReadOnly(path, `${path}-wal`, `${path}-shm`);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: BUSY_MS });
    const former = read(db, path);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    db.exec("PRAGMA journal_mode = DELETE");
    return former;
  } catch (error) {
    const trouble = troubleWith(path, error);
    if (!(trouble instanceof StoreError)) throw trouble;
    // SQLite's own verdicts; what is ours to judge has been thrown as it is.
    if (trouble !== error && (trouble.code === "corrupt" || trouble.code === "not_ours")) return { kind: "damaged" };
    if (trouble.code === "locked") {
      throw new StoreError("locked", `${path} is being read: end what reads it, and restore again.`, { cause: error });
    }
    throw trouble;
  } finally {
    db?.close();
  }
}

function read(db: DatabaseSync, path: string): Former {
  try {
    if (schemaOf(db, path, Number.MAX_SAFE_INTEGER) === 0) return { kind: "unread" };
    const { install, incident } = db.prepare("SELECT install, incident FROM meta").get() ?? {};
    return { kind: "ours", install: install as string, lastIncident: incident as number };
  } catch (error) {
    if (error instanceof StoreError && error.code === "older_unsupported") return { kind: "unread" };
    throw error;
  }
}
