import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderInMemory } from "../fixtures/folder-in-memory.ts";
import { openSqliteStore, type SqliteStore } from "../../src/store/sqlite.ts";
import type { SealedRows } from "../../src/engine/sealer.ts";
import { openReader, Reader } from "../../src/store/queries.ts";
import { StoreError, type Store } from "../../src/store/store.ts";
import { openPostgresDatabase } from "./postgres-database.ts";
import { SqliteRows, type Rows } from "./rows.ts";
import type { SimTime } from "./sim-time.ts";

export const STORES = ["sqlite", "postgres"] as const;
export type StoreKind = (typeof STORES)[number];

/** What the lives of a seed leave each other. */
export interface SimDatabase {
  /** Opened for one life. `drop` is its death: whatever is not committed is gone. */
  open(): Promise<{ readonly store: Store; readonly drop: () => void }>;
  openRows(): Rows;
  /** As the engine's own reader answers it. */
  readonly reader: Pick<
    Reader,
    "fleet" | "shownAt" | "incidents" | "incident" | "work" | "workTallies" | "silences"
  > & {
    readonly auditing: SealedRows;
  };
  /** Where one of these texts stands in it; null: nowhere. */
  placeOf(texts: readonly string[]): string | null;
  remove(): Promise<void>;
}

export async function openSimDatabase(kind: StoreKind, time: SimTime): Promise<SimDatabase> {
  switch (kind) {
    case "sqlite":
      return openSqliteDatabase();
    case "postgres":
      return openPostgresDatabase(time);
  }
}

/** Embedded: it answers at once, and a crash is a close without a commit. */
function openSqliteDatabase(): SimDatabase {
  const directory = makeDirectory();
  const path = join(directory, "riposte.db");
  writeFileSync(path, (newDatabase ??= makeNewDatabase()), { mode: 0o600 });
  let reader: Reader | StoreError | null = null;
  const read = (): Reader => {
    reader ??= openReader(path);
    if (reader instanceof StoreError) throw reader;
    return reader;
  };
  return {
    async open() {
      const store = openStore(path);
      return { store, drop: () => store.close() };
    },
    openRows: () => new SqliteRows(path),
    reader: {
      fleet: async () => read().fleet(),
      shownAt: async (...asks) => read().shownAt(...asks),
      incidents: async (filter) => read().incidents(filter),
      incident: async (id) => read().incident(id),
      work: async (filter) => read().work(filter),
      workTallies: async () => read().workTallies(),
      get auditing() {
        return read().auditing;
      },
      silences: async (filter) => read().silences(filter),
    },
    placeOf: (texts) =>
      readdirSync(directory).find((name) => {
        const bytes = readFileSync(join(directory, name));
        return texts.some((text) => bytes.includes(text));
      }) ?? null,
    async remove() {
      if (reader instanceof Reader) await reader.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One for each process: making it takes as long as a hundred commits, and each seed begins with the same. */
let newDatabase: Buffer | null = null;

function makeNewDatabase(): Buffer {
  const directory = makeDirectory();
  const path = join(directory, "riposte.db");
  openStore(path).close();
  const bytes = readFileSync(path);
  rmSync(directory, { recursive: true, force: true });
  return bytes;
}

function openStore(path: string): SqliteStore {
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "simulate" });
  if (store instanceof StoreError) throw store;
  return store;
}

/** What several seeds at once may take, and more. */
const ROOM_BYTES = 512 * 1024 * 1024;

function makeDirectory(): string {
  return folderInMemory("riposte-sim-", ROOM_BYTES);
}
