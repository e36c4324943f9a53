import { chmodSync, closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { sql as create } from "./migrations/0001.ts";
import { transaction } from "./transaction.ts";

/** SQL by schema: the first makes schema 1 of nothing, the next schema 2 of 1, and so on. Forward only. */
export type Migrations = readonly string[];

export const MIGRATIONS: Migrations = [create];
/** Databases of an older schema than this need a program in between. */
export const OLDEST_SCHEMA = 1;

/**
 * Brings a database from its schema to the newest. What was there before is copied beside it first: the way back,
 * since no migration has one.
 */
export function migrate(db: DatabaseSync, path: string, from: number, migrations: Migrations): void {
  if (from > 0 && from < migrations.length) backUp(db, path, from);
  migrations.forEach((sql, i) => {
    const schema = i + 1;
    if (schema <= from) return;
    transaction(db, "IMMEDIATE", () => {
      db.exec(sql);
      db.exec(`PRAGMA user_version = ${schema}`);
    });
  });
}

/** Where the copy of a database lies that was made before it left a schema. */
export function backupPath(path: string, schema: number): string {
  return `${path}.schema-${schema}`;
}

/** A copy under a name of its own once it is whole and on the disk; older ones go. */
function backUp(db: DatabaseSync, path: string, schema: number): void {
  const copy = backupPath(path, schema);
  const unfinished = `${copy}.unfinished`;
  // SQLite fills an empty file as it would make a new one, but leaves it as private as it is.
  writeFileSync(unfinished, "", { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  db.prepare("VACUUM INTO ?").run(unfinished);
  syncToDisk(unfinished);
  renameSync(unfinished, copy);
  syncToDisk(dirname(path));
  for (const name of readdirSync(dirname(path))) {
    const other = join(dirname(path), name);
    if (name.startsWith(`${basename(path)}.schema-`) && other !== copy) rmSync(other);
  }
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
