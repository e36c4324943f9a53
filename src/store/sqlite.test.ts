import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeSuite, type OpenedStore } from "../../test/conformance/store.ts";
import { openReader, type Reader } from "./queries.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite.ts";
import { StoreError } from "./store.ts";

storeSuite("SQLite", async (): Promise<OpenedStore> => {
  const folder = mkdtempSync(join(tmpdir(), "riposte-store-"));
  const path = join(folder, "riposte.db");
  const readers: Reader[] = [];
  let store = open(path);
  return {
    store,
    async reopen() {
      store.close();
      store = open(path);
      return store;
    },
    async reader() {
      const reader = openReader(path);
      if (reader instanceof StoreError) throw reader;
      readers.push(reader);
      return reader;
    },
    async cleanup() {
      for (const reader of readers) await reader.close();
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
});

function open(path: string): SqliteStore {
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  return store;
}
