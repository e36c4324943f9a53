import { afterAll, it } from "vitest";
import { storeSuite, type OpenedStore } from "../../test/conformance/store.ts";
import { NO_POSTGRES } from "../../test/fixtures/postgres-binaries.ts";
import { PostgresServer } from "../../test/fixtures/postgres-server.ts";
import { openPostgresReader } from "./postgres-reader.ts";
import { openPostgresStore, type PostgresStore } from "./postgres.ts";
import type { Reader } from "./queries.ts";
import { StoreError } from "./store.ts";

const server = await PostgresServer.start();
afterAll(() => server?.stop());

if (server === null) it.skip(NO_POSTGRES, () => {});
else storeSuite("PostgreSQL", () => beginOn(server));

async function beginOn(postgres: PostgresServer): Promise<OpenedStore> {
  const connection = await postgres.database();
  const readers: Reader[] = [];
  let store = await open(connection);
  return {
    store,
    async reopen() {
      await store.close();
      store = await open(connection);
      return store;
    },
    async reader() {
      const reader = await openPostgresReader(connection);
      if (reader instanceof StoreError) throw reader;
      readers.push(reader);
      return reader;
    },
    async cleanup() {
      for (const reader of readers) await reader.close();
      await store.close();
    },
  };
}

async function open(connection: string): Promise<PostgresStore> {
  const store = await openPostgresStore({ connection, newInstall: "another1" });
  if (store instanceof StoreError) throw store;
  return store;
}
