import { join } from "node:path";
import { NO_POSTGRES } from "../fixtures/postgres-binaries.ts";
import { PostgresServer } from "../fixtures/postgres-server.ts";
import { SqliteRows } from "../sim/rows.ts";
import type { StoreKind } from "../sim/sim-database.ts";

/** Where the lives of a desk keep what they know, and a look at it past everything in `src/`. */
export interface CrashDatabase {
  /** What the config says of it, and files that it names. */
  readonly config: string;
  readonly files: Readonly<Record<string, string>>;
  /** The first row of a query for numbers; empty where there is none. */
  numbers(sql: string): Promise<Readonly<Record<string, number>>>;
  remove(): Promise<void>;
}

/** Makes the database of a desk in its folder. */
export type OpenDatabase = (folder: string) => Promise<CrashDatabase>;

export interface Databases {
  readonly open: OpenDatabase;
  /** Null: it lives and dies with the engine. */
  readonly server: PostgresServer | null;
  stop(): Promise<void>;
}

/** Null: it is said why there are none. */
export async function openDatabases(kind: StoreKind): Promise<Databases | null> {
  switch (kind) {
    case "sqlite":
      return { open: openSqlite, server: null, stop: async () => {} };
    case "postgres": {
      const server = await PostgresServer.start({ fsync: true });
      if (server === null) {
        console.log(NO_POSTGRES);
        return null;
      }
      return { open: (folder) => openPostgres(server, folder), server, stop: () => server.stop() };
    }
  }
}

async function openSqlite(folder: string): Promise<CrashDatabase> {
  const path = join(folder, "riposte.db");
  return {
    config: `store: sqlite:${path}`,
    files: {},
    async numbers(sql) {
      const rows = new SqliteRows(path);
      try {
        return rows.all<Record<string, number>>(sql)[0] ?? {};
      } finally {
        rows.close();
      }
    },
    async remove() {},
  };
}

async function openPostgres(server: PostgresServer, folder: string): Promise<CrashDatabase> {
  const connection = await server.emptyDatabase();
  return {
    config: `store: { postgres: { file: ${folder}/postgres } }\nsocket: ${folder}/riposte.sock`,
    files: { postgres: connection },
    async numbers(sql) {
      const [row = {}] = await server.run(sql, connection);
      return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
    },
    remove: () => server.dropDatabase(connection),
  };
}
