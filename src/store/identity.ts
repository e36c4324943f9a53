import type { DatabaseSync } from "node:sqlite";
import { refuseSchema, type SchemaFound } from "./schema.ts";
import { StoreError } from "./store.ts";
import { damaged } from "./trouble.ts";

/** Says in SQLite's header whose file it is: "Ripo". */
export const APPLICATION_ID = 0x5269706f;
const UPPER_HALF = 0x1_0000;
/** Looked through at every start up to this size (30 ms from the page cache); a large one would keep people waiting. */
const CHECKED_BYTES = 64 * 1024 * 1024;

/** The schema of a database of ours, 0 of one that is still empty. Throws when this program can't use it. */
export function schemaOf(db: DatabaseSync, path: string, newest: number): number {
  const owner = pragma(db, "application_id");
  if (owner === 0 && valueOf(db, "SELECT count(*) FROM sqlite_schema") === 0) return 0;
  if (owner !== APPLICATION_ID) {
    throw new StoreError("not_ours", `${path} is another program's database: name another file in \`store\`.`);
  }
  const found = schemaIn(pragma(db, "user_version"));
  refuseSchema(
    path,
    found,
    newest,
    `put the copy that it made before its upgrade in place (\`riposte restore ${path}.schema-N\`)`,
  );
  return found.schema;
}

/** SQLite keeps one number for us: the schema, and where older programs may still come, from which on, in its upper half. */
export function versionOf({ schema, programsFrom }: SchemaFound): number {
  return programsFrom === schema ? schema : schema + programsFrom * UPPER_HALF;
}

function schemaIn(version: number): SchemaFound {
  const schema = version % UPPER_HALF;
  return { schema, programsFrom: Math.floor(version / UPPER_HALF) || schema };
}

/** Throws where a small database is damaged; in a large one it shows when the damaged page is read. */
export function lookThrough(db: DatabaseSync, path: string): void {
  if (pragma(db, "page_count") * pragma(db, "page_size") > CHECKED_BYTES) return;
  if (valueOf(db, "PRAGMA quick_check(1)") !== "ok") throw damaged(path);
}

function pragma(db: DatabaseSync, name: string): number {
  return valueOf(db, `PRAGMA ${name}`) as number;
}

function valueOf(db: DatabaseSync, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}
