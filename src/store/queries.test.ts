import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { aWork, opened } from "../../test/conformance/store-rows.ts";
import { openReader, type Reader } from "./queries.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite.ts";
import { StoreError } from "./store.ts";

function begin(): { path: string; store: SqliteStore; reader: Reader } {
  const folder = mkdtempSync(join(tmpdir(), "riposte-queries-"));
  const path = join(folder, "riposte.db");
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  const reader = openReader(path);
  if (reader instanceof StoreError) throw reader;
  onTestFinished(async () => {
    await reader.close();
    store.close();
    rmSync(folder, { recursive: true });
  });
  return { path, store, reader };
}

it("reads while another process writes, and never sees half a commit", async () => {
  const { path, store, reader } = begin();
  store.close();
  const here = new URL(".", import.meta.url).href;
  const code = `
    const { openSqliteStore } = await import("${here}sqlite.ts");
    const { aWork, opened } = await import("${here}../../test/conformance/store-rows.ts");
    const store = openSqliteStore({ path: ${JSON.stringify(path)}, synchronous: "off", newInstall: "testtest" });
    for (let id = 1; id <= 2_000; id += 1) {
      store.commit([...opened(id), { table: "work", row: aWork(id, { destination: "tickets" }) }]);
      if (id % 100 === 0) store.upkeep();
    }
    store.close();
  `;
  const writer = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "inherit" });
  let ended = false;
  const exit = once(writer, "exit").then(([status]: unknown[]) => {
    ended = true;
    return status;
  });
  const seen = new Set<number>();

  while (!ended) {
    const [chat, tickets] = await reader.workTallies();
    expect(chat?.count).toBe(tickets?.count);
    seen.add(chat?.count ?? 0);
    await setImmediate();
  }

  expect(await exit).toBe(0);
  expect((await reader.workTallies())[0]?.count).toBe(2_000);
  expect(seen.size).toBeGreaterThan(2);
});

it("can't write", async () => {
  const { path } = begin();
  const db = new DatabaseSync(path, { readOnly: true });
  onTestFinished(() => db.close());

  expect(() => db.exec("DELETE FROM incident")).toThrow("readonly");
});

it("reads a database that no engine works on, and leaves it fit for one", async () => {
  const { path, store, reader } = begin();
  store.commit(opened(1));
  await reader.close();
  store.close();

  const alone = openReader(path) as Reader;
  const found = await alone.incidents({ limit: 9 });
  await alone.close();
  const again = openSqliteStore({ path, synchronous: "off", newInstall: "testtest" }) as SqliteStore;
  again.commit([{ table: "work", row: aWork(1, { wanted: 2 }) }]);
  again.close();

  expect(found).toHaveLength(1);
});

it("says what to do when it meets a damaged page", async () => {
  const { path, store, reader: earlier } = begin();
  store.commit(opened(1));
  await earlier.close();
  store.close();
  const db = new DatabaseSync(path);
  const page = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'audit'").get()?.["rootpage"] as number;
  db.close();
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(8_192, 0xa5), 0, 8_192, (page - 1) * 8_192);
  closeSync(file);
  const reader = openReader(path) as Reader;
  onTestFinished(() => reader.close());

  await expect(reader.audit({ limit: 1 })).rejects.toMatchObject({
    code: "corrupt",
    message: expect.stringContaining(path),
  });
});
