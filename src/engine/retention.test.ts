import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { anAlert, anIdentity, anIncident, noon } from "../../test/conformance/store-rows.ts";
import type { Change } from "../core/change.ts";
import type { Keep } from "../core/retention.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../core/time.ts";
import { openSqliteStore, type SqliteStore } from "../store/sqlite.ts";
import { StoreError } from "../store/store.ts";
import { Writer } from "./writer.ts";

function open(): { readonly store: SqliteStore; readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), "riposte-retention-"));
  const path = join(folder, "riposte.db");
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  onTestFinished(() => {
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  });
  return { store, path };
}

/** An incident a quarter of an hour, with a line of 100 kB. */
function lives(count: number): Change[] {
  return Array.from({ length: count }, (_, i): Change[] => {
    const at = noon + i * (HOUR_MS / 4);
    const id = i + 1;
    const over = { state: "resolved", resolvedAt: at, resolvedBy: "quiet", dueAt: null } as const;
    return [
      { table: "incident", row: anIncident(id, { ...over, firstAt: at, lastAt: at, openedAt: at }) },
      { table: "body", row: { incident: id, slot: 0, ordinal: 1, raw: "x".repeat(100_000) } },
      {
        table: "alert",
        row: anAlert({ identity: anIdentity({ nativeId: `${at / 1_000}.${id}` }), at, incidents: [id] }),
      },
    ];
  }).flat();
}

function begin(store: SqliteStore, keep: Keep, from: number) {
  let now = from;
  const committed: Change[] = [];
  const writer = new Writer({
    store,
    clock: { now: () => from, after: () => () => {} },
    random: () => 0.5,
    snapshot: { hash: "0123456789abcdef", policies: {}, destinations: {}, keep },
    soon: (turn) => queueMicrotask(turn),
    committed: (changes) => void committed.push(...changes),
    troubled: (error) => {
      throw error;
    },
  });
  onTestFinished(() => writer.close());
  const tick = async (ms: number): Promise<void> => {
    now += ms;
    await writer.submit({ kind: "tick", now, watermarks: {} });
    // Behind the housekeeping of that turn.
    await writer.check();
  };
  return { tick, committed, writer };
}

it("the database's file gets smaller, a piece with each tick, while the Writer goes on", async () => {
  const { store, path } = open();
  store.commit(lives(700));
  store.upkeep();
  const before = statSync(path).size;
  const { tick, committed } = begin(store, { ms: 2 * DAY_MS, bytes: null }, noon + 8 * DAY_MS);

  for (let i = 0; i < 30; i += 1) await tick(SECOND_MS);
  store.upkeep();

  const left = store.retention();
  expect(left?.incidents).toBe(577);
  expect(left?.alerts).toBe(left?.incidents);
  expect(committed.filter(({ table }) => table === "retention").length).toBeGreaterThan(3);
  expect(before).toBeGreaterThan(70_000_000);
  expect(statSync(path).size).toBeLessThan(before - 20_000_000);
});

it("a database that is too large loses the oldest first, until it is not", async () => {
  const { store } = open();
  store.commit(lives(400));
  const bytes = 20_000_000;
  expect(store.usedBytes()).toBeGreaterThan(40_000_000);
  const { tick } = begin(store, { ms: 30 * DAY_MS, bytes }, noon + 100 * HOUR_MS);

  for (let i = 0; i < 30; i += 1) await tick(SECOND_MS);

  expect(store.usedBytes()).toBeLessThan(bytes);
  expect(store.retention()).toMatchObject({ keepMs: DAY_MS });
  const rest = 400 - (store.retention()?.incidents ?? 0);
  expect(rest).toBeGreaterThan(90);
  expect(store.old("incident", { after: null, limit: 1 }).rows[0]?.id).toBe(400 - rest + 1);
});

it("where the config says nothing, nothing goes", async () => {
  const { store } = open();
  store.commit(lives(3));
  const writer = new Writer({
    store,
    clock: { now: () => noon, after: () => () => {} },
    random: () => 0.5,
    snapshot: { hash: "0123456789abcdef", policies: {}, destinations: {} },
    soon: (turn) => queueMicrotask(turn),
    committed: () => {},
    troubled: (error) => {
      throw error;
    },
  });
  onTestFinished(() => writer.close());

  await writer.submit({ kind: "tick", now: noon + 999 * DAY_MS, watermarks: {} });

  expect(store.retention()).toBeNull();
});
