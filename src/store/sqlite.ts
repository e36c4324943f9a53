import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Change } from "../core/change.ts";
import type { Facts, Need } from "../core/need.ts";
import type { Instant } from "../core/time.ts";
import { prepareApply } from "./apply.ts";
import { Claimer } from "./claim.ts";
import { insert, SNAPSHOT, upsert } from "./columns.ts";
import { takeEngineLock, type EngineLock } from "./engine-lock.ts";
import { FactReader } from "./facts.ts";
import { fileSystemOf, networkFileSystem } from "./file-system.ts";
import { APPLICATION_ID, lookThrough, pragma, schemaOf } from "./identity.ts";
import { backUp, migrate, MIGRATIONS, type Migrations } from "./migrate.ts";
import { createPrivate } from "./private-file.ts";
import { StoreError, type Claim, type ClaimQuery, type Store } from "./store.ts";
import { toText } from "./text.ts";
import { transaction } from "./transaction.ts";
import { troubleWith } from "./trouble.ts";

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
const CACHE_KIB = 16_384;
/** SQLite's own checkpoint, which makes a commit wait: for when upkeep() never gets its turn. */
const CHECKPOINT_AT_PAGES = 8_192;
/** Upkeep moves the log into the database from this length: sooner it would only write the same pages more often. */
const TIDY_AT_PAGES = 1_024;
/** Free pages are used again; only what is left of a flood is given back to the disk, so many pages at a time. */
const FREE_PAGES_KEPT = 8_192;
const FREED_PAGES_AT_ONCE = 512;

/** Opens the database, creating or upgrading it, or says in one sentence why not and what to do. */
export function openSqliteStore(options: SqliteOptions): SqliteStore | StoreError {
  let lock: EngineLock | undefined;
  let db: DatabaseSync | undefined;
  try {
    const path = realPath(options.path);
    refuseNetwork(path, options.fileSystemOf ?? fileSystemOf);
    lock = takeEngineLock(path);
    createPrivate(path);
    db = new DatabaseSync(path, { timeout: BUSY_MS });
    settle(db, path, options);
    return new SqliteStore(db, path, lock);
  } catch (error) {
    db?.close();
    lock?.release();
    const trouble = troubleWith(options.path, error);
    if (trouble instanceof StoreError) return trouble;
    throw trouble;
  }
}

/** Two names of one file must lead to one lock. */
function realPath(path: string): string {
  const folder = realpathSync(dirname(path));
  try {
    return realpathSync(path);
  } catch {
    return join(folder, basename(path));
  }
}

function refuseNetwork(path: string, typeOf: (folder: string) => number): void {
  const network = networkFileSystem(typeOf(dirname(path)));
  if (network === null) return;
  throw new StoreError(
    "network_file_system",
    `${path} is on a network file system (${network}), where a database gets damaged: name a file on a local disk in ` +
      "`store`.",
  );
}

/** Makes a database that is open one that is in use: ours, sound, of the newest schema, and set up. */
function settle(db: DatabaseSync, path: string, options: SqliteOptions): void {
  const migrations = options.migrations ?? MIGRATIONS;
  const schema = schemaOf(db, path, migrations.length);
  if (schema === 0) {
    db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    // Does nothing to a file without a page; one that somebody else began takes the setting only this way.
    db.exec("VACUUM");
  } else {
    lookThrough(db, path);
  }
  db.exec("PRAGMA journal_mode = WAL");
  db.exec(`PRAGMA synchronous = ${options.synchronous}`);
  db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
  db.exec("PRAGMA temp_store = MEMORY");
  db.exec("PRAGMA trusted_schema = OFF");
  db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_AT_PAGES}`);
  db.exec(`PRAGMA journal_size_limit = ${2 * CHECKPOINT_AT_PAGES * pragma(db, "page_size")}`);
  if (schema > 0 && schema < migrations.length) backUp(db, path, schema);
  migrate(db, schema, migrations, () => {
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.prepare(insert("meta", "one, install, incident, attempt, audit")).run(1, options.newInstall, 0, 0, 0);
  });
}

export class SqliteStore implements Store {
  readonly install: string;
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #lock: EngineLock;
  readonly #apply: (change: Change) => void;
  readonly #facts: FactReader;
  readonly #claimer: Claimer;

  constructor(db: DatabaseSync, path: string, lock: EngineLock) {
    this.#db = db;
    this.#path = path;
    this.#lock = lock;
    this.#apply = prepareApply(db);
    this.#facts = new FactReader(db);
    this.#claimer = new Claimer(db);
    this.install = db.prepare("SELECT install FROM meta").get()?.["install"] as string;
  }

  read(need: Need): Facts {
    return this.#within("DEFERRED", () => this.#facts.read(need));
  }

  commit(changes: readonly Change[]): void {
    this.#within("IMMEDIATE", () => {
      for (const change of changes) this.#apply(change);
    });
  }

  claim(query: ClaimQuery): Claim {
    return this.#within("DEFERRED", () => this.#claimer.claim(query));
  }

  putSnapshot(hash: string, at: Instant, body: string): void {
    const put = this.#db.prepare(upsert("snapshot", SNAPSHOT, "hash"));
    this.#within("IMMEDIATE", () => put.run(hash, at, toText(body)));
  }

  upkeep(): void {
    try {
      const [, logged, moved] = Object.values(this.#db.prepare("PRAGMA wal_checkpoint(NOOP)").get() ?? {});
      if (Number(logged) - Number(moved) >= TIDY_AT_PAGES) this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
      if (pragma(this.#db, "freelist_count") > FREE_PAGES_KEPT) {
        this.#db.exec(`PRAGMA incremental_vacuum(${FREED_PAGES_AT_ONCE})`);
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
