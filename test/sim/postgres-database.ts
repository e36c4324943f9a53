import { openPostgresStore } from "../../src/store/postgres.ts";
import { openPostgresReader } from "../../src/store/postgres-reader.ts";
import type { Reader } from "../../src/store/queries.ts";
import { StoreError, type Store } from "../../src/store/store.ts";
import { NO_POSTGRES } from "../fixtures/postgres-binaries.ts";
import { PostgresServer } from "../fixtures/postgres-server.ts";
import { PostgresRows } from "./postgres-rows.ts";
import type { SimDatabase } from "./sim-database.ts";
import type { SimTime } from "./sim-time.ts";

const TABLES =
  "alert attempt audit body incident lane meta moment quarantine receipt seal snapshot source tally work".split(" ");

/** One for each process; it ends with the process. */
let server: Promise<PostgresServer | null> | null = null;

/**
 * A real server, which answers when it does: virtual time stands still until it has. A crash ends the connection where
 * it stands, and the next life begins once the server has noticed.
 */
export async function openPostgresDatabase(time: SimTime): Promise<SimDatabase> {
  const postgres = await (server ??= PostgresServer.start());
  if (postgres === null) throw new Error(NO_POSTGRES);
  const connection = await postgres.database();
  const rows = new PostgresRows(connection);
  let reader: ReturnType<typeof openPostgresReader> | null = null;
  const read = async (): Promise<Reader> => {
    const opened = await (reader ??= openPostgresReader(connection));
    if (opened instanceof StoreError) throw opened;
    return opened;
  };
  return {
    open: () =>
      time.real(async () => {
        const store = await openPostgresStore({ connection, newInstall: "simulate" });
        if (store instanceof StoreError) throw store;
        return { store: timeless(store, time), drop: () => drop(postgres, connection, time) };
      }),
    openRows: () => rows,
    reader: {
      fleet: () => time.real(async () => (await read()).fleet()),
      shownAt: (...asks) => time.real(async () => (await read()).shownAt(...asks)),
      incidents: (filter) => time.real(async () => (await read()).incidents(filter)),
      incident: (id) => time.real(async () => (await read()).incident(id)),
      work: (filter) => time.real(async () => (await read()).work(filter)),
      workTallies: () => time.real(async () => (await read()).workTallies()),
      auditing: {
        head: () => time.real(async () => (await read()).auditing.head()),
        lastSeal: () => time.real(async () => (await read()).auditing.lastSeal()),
        rowsAfter: (...of) => time.real(async () => (await read()).auditing.rowsAfter(...of)),
      },
      silences: (filter) => time.real(async () => (await read()).silences(filter)),
    },
    placeOf: (texts) => {
      const isIn = (table: string, text: string): boolean =>
        rows.count(`SELECT count(*) AS n FROM ${table} WHERE strpos(${table}::text, ?) > 0`, text) > 0;
      return TABLES.find((table) => texts.some((text) => isIn(table, text))) ?? null;
    },
    async remove() {
      const opened = await reader;
      if (opened !== null && !(opened instanceof StoreError)) await opened.close();
      await rows.end();
      await postgres.dropDatabase(connection);
    },
  };
}

/** Takes the server of this process away, if there is one. */
export async function stopPostgres(): Promise<void> {
  await (await server)?.stop();
}

function drop(postgres: PostgresServer, connection: string, time: SimTime): void {
  const gone = time.real(() => postgres.endEngines(connection));
  gone.catch((error: unknown) => {
    throw error;
  });
}

/** The store, each of whose answers takes no time. */
function timeless(store: Store, time: SimTime): Store {
  return {
    install: store.install,
    restoredAt: store.restoredAt ?? null,
    read: (need) => time.real(async () => store.read(need)),
    commit: (changes, plan) => time.real(async () => store.commit(changes, plan)),
    putSnapshot: (...snapshot) => time.real(async () => store.putSnapshot(...snapshot)),
    old: (of, query) => time.real(async () => store.old(of, query)),
    retention: () => time.real(async () => store.retention()),
    usedBytes: () => store.usedBytes(),
    upkeep: () => time.real(async () => store.upkeep()),
    close: () => time.real(async () => store.close()),
  };
}
