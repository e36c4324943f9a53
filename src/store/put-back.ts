import { rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Change, Counters } from "../core/change.ts";
import { insert, AUDIT } from "./columns.ts";
import { auditCells, countersOf as countersIn } from "./audit-rows.ts";
import { openCopy, type DatabaseFacts } from "./copy-check.ts";
import { realPath, refuseNetwork, refuseSecondName, statOf } from "./database-place.ts";
import { takeEngineLock, type EngineLock } from "./engine-lock.ts";
import { fileSystemOf } from "./file-system.ts";
import { lookAtFormer, type Former } from "./former-database.ts";
import type { CopyProgress } from "./online-copy.ts";
import { giveToOwnerOf, syncToDisk } from "./private-file.ts";
import { StoreError } from "./store.ts";
import { swapIn } from "./swap-in.ts";
import { transaction } from "./transaction.ts";
import { troubleWith } from "./trouble.ts";

export interface PutBackOptions {
  /** The copy that is put in place; it stays as it is. */
  readonly from: string;
  readonly path: string;
  /** Part of the name under which what was there before is kept. */
  readonly stamp: string;
  /** What is written into the older state before anybody may work on it. */
  readonly changes: (counters: Counters, lastIncident: number | null) => readonly Change[];
  readonly progress: (step: CopyProgress) => void;
}

export interface PutBack {
  readonly facts: DatabaseFacts;
  /** Incidents from now on have larger numbers. */
  readonly lastIncident: number;
  /** Where what was there before lies now; null: there was nothing. */
  readonly keptAs: string | null;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Puts a copy in the place of a database on which nobody works. All that can fail is done on a copy of the copy; then
 * one rename changes from the old state to the new one, so that whoever dies in between leaves one of the two.
 */
export async function putBack(options: PutBackOptions): Promise<PutBack | StoreError> {
  let lock: EngineLock | undefined;
  let staged: string | undefined;
  try {
    const path = realPath(options.path);
    refuseNetwork(path, fileSystemOf);
    lock = takeEngineLock(path);
    refuseSecondName(path);
    refuseInUse(options.from);
    const former = lookAtFormer(path);
    staged = `${path}.restoring`;
    const { facts, lastIncident } = await stage(options, staged, former);
    syncToDisk(staged);
    const owner = statOf(path) ?? statOf(dirname(path));
    if (owner !== null) for (const made of [staged, `${path}.lock`]) giveToOwnerOf(made, owner);
    return { facts, lastIncident, keptAs: swapIn(staged, path, former, options.stamp) };
  } catch (error) {
    const trouble = troubleWith(options.path, error);
    if (!(trouble instanceof StoreError)) throw trouble;
    if (trouble.code !== "full" || trouble === error) return trouble;
    return new StoreError(
      "full",
      `There is no room to put a database at ${options.path}: free some; nothing was changed.`,
      {
        cause: error,
      },
    );
  } finally {
    if (staged !== undefined) removeCopy(staged);
    lock?.release();
  }
}

/** A plain copy of what somebody is writing is a copy of nothing. */
function refuseInUse(from: string): void {
  const path = realPath(from);
  if (statOf(`${path}.lock`) === null) return;
  try {
    takeEngineLock(path).release();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "locked") return;
    throw new StoreError(
      "locked",
      `A Riposte is working on ${from}: copy it with \`riposte backup\`, and restore that.`,
      {
        cause: error,
      },
    );
  }
}

/** The copy of the copy: checked, and told that it is an older state. */
async function stage(
  { from, progress, changes }: PutBackOptions,
  staged: string,
  former: Former,
): Promise<Pick<PutBack, "facts" | "lastIncident">> {
  removeCopy(staged);
  // What SQLite had not yet moved into the file belongs to it, should somebody have copied the files themselves.
  for (const ending of ["-wal", "-journal"]) {
    if (statOf(from + ending) !== null) await copyFile(from + ending, staged + ending, () => {});
  }
  await copyFile(from, staged, (part) => progress({ kind: "copying", part }));
  progress({ kind: "checking" });
  let db: DatabaseSync | undefined;
  try {
    const opened = openCopy(staged, from);
    db = opened.db;
    const { facts } = opened;
    const isSame = former.kind === "ours" && former.install === facts.install;
    const made = changes(countersOf(db), isSame ? former.lastIncident : null);
    writeAll(db, made);
    return { facts, lastIncident: countersOf(db).incident };
  } catch (error) {
    throw troubleWithCopy(from, error);
  } finally {
    db?.close();
  }
}

function troubleWithCopy(from: string, error: unknown): unknown {
  const trouble = troubleWith(from, error);
  if (!(trouble instanceof StoreError)) return trouble;
  if (trouble.code === "corrupt") {
    const message = `${from} is damaged: restore another backup; nothing was changed.`;
    return new StoreError("corrupt", message, { cause: error });
  }
  if (trouble.code === "not_ours") {
    const message = `${from} is no database of Riposte's: name a backup that \`riposte backup\` made.`;
    return new StoreError("not_ours", message, { cause: error });
  }
  return trouble;
}

async function copyFile(from: string, to: string, copied: (part: number) => void): Promise<void> {
  const source = await open(from, "r");
  try {
    const { size } = await source.stat();
    const target = await open(to, "wx", 0o600);
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      for (let done = 0; ;) {
        const { bytesRead } = await source.read(chunk, 0, chunk.length, done);
        if (bytesRead === 0) break;
        await target.writeFile(chunk.subarray(0, bytesRead));
        done += bytesRead;
        copied(Math.min(1, done / size));
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function countersOf(db: DatabaseSync): Counters {
  const head = isChained(db) ? "audit_head" : "''";
  return countersIn(
    Object.values(db.prepare(`SELECT incident, attempt, audit, ${head} AS head FROM meta`).get() ?? {}),
  );
}

function writeAll(db: DatabaseSync, changes: readonly Change[]): void {
  transaction(db, "IMMEDIATE", () => {
    for (const change of changes) write(db, change);
  });
}

/** Tables that every schema has had; the others may be older than this program. */
function write(db: DatabaseSync, change: Change): void {
  if (change.table === "counters") {
    const { incident, attempt, audit, auditHead = "" } = change.row;
    db.prepare("UPDATE meta SET incident = ?, attempt = ?, audit = ?").run(incident, attempt, audit);
    if (isChained(db)) db.prepare("UPDATE meta SET audit_head = ?").run(auditHead);
    return;
  }
  if (change.table !== "audit") throw new Error(`a restore writes nothing into ${change.table}`);
  const { id, at, who, what, about } = change.row;
  if (isChained(db)) db.prepare(insert("audit", AUDIT)).run(...auditCells(change.row));
  else db.prepare(insert("audit", "id, at, who, what, about")).run(id, at, who, what, about);
}

/** Rows of older schemas have no hash, and are sealed as they were found. */
function isChained(db: DatabaseSync): boolean {
  return db.prepare("SELECT 1 FROM pragma_table_info('meta') WHERE name = 'audit_head'").get() !== undefined;
}

function removeCopy(staged: string): void {
  for (const ending of ["", "-wal", "-shm", "-journal"]) rmSync(staged + ending, { force: true });
}
