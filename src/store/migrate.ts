import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { versionOf } from "./identity.ts";
import { sql as create } from "./migrations/0001.ts";
import { sql as actions } from "./migrations/0002.ts";
import { sql as massEvents } from "./migrations/0003.ts";
import { sql as windows } from "./migrations/0004.ts";
import { sql as rhythm } from "./migrations/0005.ts";
import { sql as responses } from "./migrations/0006.ts";
import { sql as hushing } from "./migrations/0007.ts";
import { sql as retention } from "./migrations/0008.ts";
import { sql as agents } from "./migrations/0009.ts";
import { sql as auditChain } from "./migrations/0010.ts";
import { sql as handling } from "./migrations/0011.ts";
import { createPrivate, syncToDisk } from "./private-file.ts";
import { programsFrom, type Migrations } from "./schema.ts";
import { transaction } from "./transaction.ts";

export const MIGRATIONS: Migrations = [
  { sql: create, olderPrograms: "none" },
  { sql: actions, olderPrograms: "none" },
  { sql: massEvents, olderPrograms: "none" },
  { sql: windows, olderPrograms: "none" },
  { sql: rhythm, olderPrograms: "none" },
  { sql: responses, olderPrograms: "none" },
  { sql: hushing, olderPrograms: "none" },
  { sql: retention, olderPrograms: "none" },
  { sql: agents, olderPrograms: { from: 8 } },
  { sql: auditChain, olderPrograms: "none" },
  { sql: handling, olderPrograms: { from: 10 } },
];

/** Brings a database from its schema to the newest; `created` writes a new one's first rows with its tables. */
export function migrate(db: DatabaseSync, from: number, migrations: Migrations, created: () => void): void {
  migrations.forEach(({ sql }, i) => {
    const schema = i + 1;
    if (schema <= from) return;
    transaction(db, "IMMEDIATE", () => {
      db.exec(sql);
      if (schema === 1) created();
      const from = programsFrom(migrations.slice(0, schema));
      db.exec(`PRAGMA user_version = ${versionOf({ schema, programsFrom: from })}`);
    });
  });
}

/** Where the copy lies that is made of a database before it leaves a schema. */
export function backupPath(path: string, schema: number): string {
  return `${path}.schema-${schema}`;
}

/**
 * Copies a database beside itself: the way back, since no migration has one. It gets its name once it is whole and
 * on the disk, and takes the place of all older ones.
 */
export function backUp(db: DatabaseSync, path: string, schema: number): void {
  const folder = dirname(path);
  const copy = backupPath(path, schema);
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { force: true });
  createPrivate(unfinished);
  db.prepare("VACUUM INTO ?").run(unfinished);
  syncToDisk(unfinished);
  renameSync(unfinished, copy);
  syncToDisk(folder);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(path)}.schema-`) && name !== basename(copy)) rmSync(join(folder, name));
  }
}
