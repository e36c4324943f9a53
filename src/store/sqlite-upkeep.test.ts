import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import type { Change } from "../core/change.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite.ts";
import { StoreError } from "./store.ts";

function begin(): { store: SqliteStore; beside: DatabaseSync } {
  const folder = mkdtempSync(join(tmpdir(), "riposte-upkeep-"));
  const path = join(folder, "riposte.db");
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  const beside = new DatabaseSync(path);
  onTestFinished(() => {
    beside.close();
    store.close();
    rmSync(folder, { recursive: true });
  });
  return { store, beside };
}

/** Pages in the log that are not yet in the database. */
function backlog(db: DatabaseSync): number {
  const { log, checkpointed } = db.prepare("PRAGMA wal_checkpoint(NOOP)").get() as Record<string, number>;
  return (log ?? 0) - (checkpointed ?? 0);
}

function pages(db: DatabaseSync): number {
  return Object.values(db.prepare("PRAGMA page_count").get() ?? {})[0] as number;
}

function aLine(incident: number, bytes: number): Change {
  return { table: "body", row: { incident, slot: 0, ordinal: 1, raw: "x".repeat(bytes) } };
}

it("moves a long log into the database, and lets a short one be", () => {
  const { store, beside } = begin();

  store.commit([aLine(1, 100_000)]);
  const short = backlog(beside);
  store.upkeep();
  const shortAfter = backlog(beside);
  store.commit([aLine(2, 20_000_000)]);
  const long = backlog(beside);
  store.upkeep();

  expect(shortAfter).toBe(short);
  expect(long).toBeGreaterThan(900);
  expect(backlog(beside)).toBe(0);
});

it("goes on beside a reader that holds on to an old state", () => {
  const { store, beside } = begin();
  beside.exec("BEGIN");
  beside.prepare("SELECT count(*) FROM body").get();

  store.commit([aLine(1, 20_000_000)]);
  store.upkeep();
  const seen = beside.prepare("SELECT count(*) AS n FROM body").get()?.["n"];
  beside.exec("COMMIT");
  store.upkeep();

  expect(seen).toBe(0);
  expect(backlog(beside)).toBe(0);
});

it("gives the room of a flood back to the disk, a piece at a time", () => {
  const { store, beside } = begin();
  for (let incident = 1; incident <= 12; incident += 1) store.commit([aLine(incident, 4_000_000)]);
  const flooded = pages(beside);
  for (let incident = 1; incident <= 12; incident += 1) store.commit([aLine(incident, 10)]);

  store.upkeep();
  const first = pages(beside);
  for (let i = 0; i < 20; i += 1) store.upkeep();

  expect(flooded - first).toBeGreaterThan(0);
  expect(flooded - first).toBeLessThan(1_000);
  expect(pages(beside)).toBeLessThan(4_300);
});
