import { DatabaseSync } from "node:sqlite";
import type { Change, RetentionRow } from "../core/change.ts";
import type { Facts, Need } from "../core/need.ts";
import { RESTORE } from "../core/restore.ts";
import type { Instant } from "../core/time.ts";
import { prepareApply } from "./apply.ts";
import { Claimer } from "./claim.ts";
import { insert, RETENTION, SNAPSHOT, upsert } from "./columns.ts";
import { takeEngineLock, type EngineLock } from "./engine-lock.ts";
import { FactReader } from "./facts.ts";
import {
  realPath,
  refuseFolder,
  refuseLoneLog,
  refuseNetwork,
  refuseReadOnly,
  refuseSecondName,
} from "./database-place.ts";
import { fileSystemOf } from "./file-system.ts";
import { APPLICATION_ID, lookThrough, schemaOf } from "./identity.ts";
import { backUp, migrate, MIGRATIONS } from "./migrate.ts";
import { OLD_WALKS, oldPage, type OldPage, type OldQuery, type OldRows } from "./old-rows.ts";
import { createPrivate } from "./private-file.ts";
import type { Migrations } from "./schema.ts";
import { retentionOf } from "./retention-rows.ts";
import { Reserve } from "./reserve.ts";
import { prepareSelect, type Select } from "./select.ts";
import { NOTE_INSTALL, StoreError, type Plan, type Store } from "./store.ts";
import { toText } from "./text.ts";
import { longTransaction, transaction } from "./transaction.ts";
import { full, troubleWith } from "./trouble.ts";

export interface SqliteOptions {
  readonly path: string;
  /** `full` loses nothing that was answered, even when the power fails; the others are for tests and simulators. */
  readonly synchronous: "full" | "normal" | "off";
  /** The id of the database should it have to be created: eight of a-z and 0-9. */
  readonly newInstall: string;
  /** Those of this program, unless a test says others. */
  readonly migrations?: Migrations;
  /** What statfs calls the file system of a folder. */
  readonly fileSystemOf?: (folder: string) => number;
}

const BUSY_MS = 2_000;
const CACHE_BYTES = 16 * 1024 * 1024;
/** Four lines to a page rather than two: a tenth to a fifth less work for each alert than with SQLite's own 4 KiB. */
const PAGE_BYTES = 8_192;
/** SQLite's own checkpoint, for which a commit has to wait: at this length of the log, should upkeep() get no turn. */
const CHECKPOINT_AT_BYTES = 32 * 1024 * 1024;
/** Upkeep moves the log into the database from this length: sooner would write the same pages, and wait for them, more often. */
const TIDY_AT_BYTES = 16 * 1024 * 1024;
/** Free pages are used again; only what is left of a flood is given back to the disk, a piece at a time. */
const FREE_BYTES_KEPT = 32 * 1024 * 1024;
const FREED_BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Opens the database, creating or upgrading it, or says in one sentence why not and what to do. */
export function openSqliteStore(options: SqliteOptions): SqliteStore | StoreError {
  let lock: EngineLock | undefined;
  let db: DatabaseSync | undefined;
  try {
    const path = realPath(options.path);
    refuseNetwork(path, options.fileSystemOf ?? fileSystemOf);
    refuseFolder(path);
    lock = takeEngineLock(path);
    refuseSecondName(path);
    refuseReadOnly(path, `${path}-wal`, `${path}-shm`);
    refuseLoneLog(path);
    createPrivate(path);
    db = new DatabaseSync(path, { timeout: BUSY_MS });
    setUp(db, path, options);
    return new SqliteStore(db, path, lock, options.synchronous === "full" ? new Reserve(path) : null);
  } catch (error) {
    db?.close();
    lock?.release();
    const trouble = troubleWith(options.path, error);
    if (trouble instanceof StoreError) return trouble;
    throw trouble;
  }
}

/** Makes a database that is open one that is in use: ours, sound, of the newest schema, and set up. */
function setUp(db: DatabaseSync, path: string, options: SqliteOptions): void {
  const migrations = options.migrations ?? MIGRATIONS;
  const schema = schemaOf(db, path, migrations.length);
  if (schema === 0) {
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
    db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    // Does nothing to a file without a page; one that was begun takes these settings only this way.
    db.exec("VACUUM");
  } else {
    lookThrough(db, path);
  }
  db.exec("PRAGMA journal_mode = WAL");
  db.exec(`PRAGMA synchronous = ${options.synchronous}`);
  db.exec(`PRAGMA cache_size = -${CACHE_BYTES / 1024}`);
  db.exec("PRAGMA temp_store = MEMORY");
  db.exec("PRAGMA trusted_schema = OFF");
  db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_AT_BYTES / PAGE_BYTES}`);
  db.exec(`PRAGMA journal_size_limit = ${2 * CHECKPOINT_AT_BYTES}`);
  if (schema > 0 && schema < migrations.length) backUp(db, path, schema);
  migrate(db, schema, migrations, () => {
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.prepare(insert("meta", "one, install, incident, attempt, audit")).run(1, options.newInstall, 0, 0, 0);
  });
}

export class SqliteStore implements Store {
  readonly install: string;
  readonly restoredAt: Instant | null;
  installedAt: Instant | null;
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #lock: EngineLock;
  /** Null: outcomes may be lost anyway. */
  readonly #reserve: Reserve | null;
  readonly #apply: (changes: readonly Change[]) => void;
  readonly #facts: FactReader;
  readonly #claimer: Claimer;
  /** Pages in the log, and how many of them are in the database already. */
  readonly #log: Select;
  readonly #free: Select;
  #isShrinking = false;

  constructor(db: DatabaseSync, path: string, lock: EngineLock, reserve: Reserve | null) {
    this.#db = db;
    this.#path = path;
    this.#lock = lock;
    this.#reserve = reserve;
    this.#apply = prepareApply(db);
    this.#facts = new FactReader(db);
    this.#claimer = new Claimer(db);
    this.#log = prepareSelect(db, "PRAGMA wal_checkpoint(NOOP)");
    this.#free = prepareSelect(db, "PRAGMA freelist_count");
    const meta = db.prepare("SELECT install, installed_at AS at FROM meta").get();
    this.install = meta?.["install"] as string;
    this.installedAt = (meta?.["at"] as Instant) || null;
    // Every row that a person caused, once a start.
    const restored = db.prepare("SELECT max(at) AS at FROM audit WHERE what = ?").get(RESTORE);
    this.restoredAt = (restored?.["at"] ?? null) as Instant | null;
  }

  read(need: Need): Facts {
    return this.#within("DEFERRED", () => this.#facts.read(need));
  }

  commit(changes: readonly Change[]): void;
  commit(changes: readonly Change[], plan?: Plan): void | Promise<void>;
  commit(changes: readonly Change[], plan?: Plan): void | Promise<void> {
    // What is left of the room is for outcomes alone, until there is more of it.
    if (this.#reserve?.isSpent === true && (plan !== undefined || !isOutcome(changes))) throw full(this.#path);
    if (plan !== undefined) return this.#commitWithPlan(changes, plan);
    const commit = (): void => this.#within("IMMEDIATE", () => this.#apply(changes));
    try {
      commit();
    } catch (error) {
      const isFull = error instanceof StoreError && error.code === "full";
      if (!isFull || !isOutcome(changes) || this.#reserve?.spend() !== true) throw error;
      commit();
    }
  }

  async #commitWithPlan(changes: readonly Change[], plan: Plan): Promise<void> {
    try {
      await longTransaction(this.#db, async () => {
        this.#apply(changes);
        this.#apply(await plan((query) => this.#claimer.claim(query)));
      });
    } catch (error) {
      throw troubleWith(this.#path, error);
    }
  }

  putSnapshot(hash: string, at: Instant, body: string, changes: readonly Change[] = []): void {
    const install = this.#db.prepare(NOTE_INSTALL);
    const put = this.#db.prepare(upsert("snapshot", SNAPSHOT, "hash"));
    this.#within("IMMEDIATE", () => {
      if (install.run(at).changes > 0) this.installedAt = at;
      put.run(hash, at, toText(body));
      this.#apply(changes);
    });
  }

  old<Of extends keyof OldRows>(of: Of, { after, limit }: OldQuery): OldPage<OldRows[Of]> {
    const { sql, start } = OLD_WALKS[of];
    return this.#within("DEFERRED", () =>
      oldPage(of, prepareSelect(this.#db, sql).all(...(after ?? start), limit), limit),
    );
  }

  retention(): RetentionRow | null {
    const [row] = prepareSelect(this.#db, `SELECT ${RETENTION} FROM retention`).all();
    return row === undefined ? null : retentionOf(row);
  }

  usedBytes(): number {
    const [pages = 0] = prepareSelect(this.#db, "PRAGMA page_count").get() as number[];
    const [free = 0] = this.#free.get() as number[];
    const [pageBytes = 0] = prepareSelect(this.#db, "PRAGMA page_size").get() as number[];
    return (pages - free) * pageBytes;
  }

  upkeep(): void {
    try {
      this.#reserve?.restore();
      const [, logged = 0, moved = 0] = this.#log.get() as number[];
      if (logged - moved >= TIDY_AT_BYTES / PAGE_BYTES) this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
      const [free = 0] = this.#free.get() as number[];
      if (free > FREE_BYTES_KEPT / PAGE_BYTES) {
        this.#db.exec(`PRAGMA incremental_vacuum(${FREED_BYTES_AT_ONCE / PAGE_BYTES})`);
        this.#isShrinking = true;
      } else if (this.#isShrinking) {
        // The file gets smaller only once all of the log is in it, and what was freed makes no long log.
        this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
        this.#isShrinking = false;
      }
    } catch (error) {
      throw troubleWith(this.#path, error);
    }
  }

  close(): void {
    if (!this.#db.isOpen) return;
    this.#db.close();
    this.#lock.release();
  }

  #within<Result>(kind: "DEFERRED" | "IMMEDIATE", work: () => Result): Result {
    try {
      return transaction(this.#db, kind, work);
    } catch (error) {
      throw troubleWith(this.#path, error);
    }
  }
}

/** What came of calls, and nothing that brings in more. */
function isOutcome(changes: readonly Change[]): boolean {
  if (changes.some(({ table }) => table === "alert" || table === "body")) return false;
  return changes.some((change) => change.table === "attempt" && change.row.endedAt !== null);
}
