import { DatabaseSync } from "node:sqlite";
import type { Instant } from "../core/time.ts";
import { schemaOf } from "./identity.ts";
import { MIGRATIONS } from "./migrate.ts";
import { StoreError } from "./store.ts";

/** What a database holds, for people who want to know which one it is. */
export interface DatabaseFacts {
  readonly schema: number;
  readonly install: string;
  readonly incidents: number;
  /** When the newest alert happened that was kept; null: none ever was. */
  readonly newestAlertAt: Instant | null;
}

/**
 * Opens a copy that nobody else knows of, makes one file of it, and looks through every page and index of it. Throws
 * what is wrong with it; `named` is what messages call it.
 */
export function openCopy(path: string, named: string): { readonly db: DatabaseSync; readonly facts: DatabaseFacts } {
  const db = new DatabaseSync(path);
  try {
    const schema = schemaOf(db, named, MIGRATIONS.length);
    if (schema === 0) throw new StoreError("not_ours", `${named} is an empty database: name another file.`);
    // Without a log beside it a copy can be moved, packed, and read from a disk that takes no writes.
    db.exec("PRAGMA journal_mode = DELETE");
    const [said] = Object.values(db.prepare("PRAGMA integrity_check(1)").get() ?? {});
    if (said !== "ok") throw new StoreError("corrupt", `${named} is damaged (${String(said)}).`);
    return { db, facts: factsOf(db, schema) };
  } catch (error) {
    db.close();
    throw error;
  }
}

function factsOf(db: DatabaseSync, schema: number): DatabaseFacts {
  // What Riposte noticed of itself is none of Wazuh's.
  const found = db
    .prepare(
      `SELECT install, (SELECT count(*) FROM incident) AS incidents,
        (SELECT max(at) FROM alert WHERE source <> 'riposte') AS newest FROM meta`,
    )
    .get();
  return {
    schema,
    install: found?.["install"] as string,
    incidents: found?.["incidents"] as number,
    newestAlertAt: (found?.["newest"] ?? null) as Instant | null,
  };
}
