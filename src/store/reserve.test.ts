import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import * as sample from "../../test/conformance/store-rows.ts";
import { mountSmallDisk, type SmallDisk } from "../../test/fixtures/small-disk.ts";
import type { Change } from "../core/change.ts";
import { RESERVE_BYTES } from "./reserve.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite.ts";
import { StoreError } from "./store.ts";

const disk = process.platform === "linux" && process.getuid?.() === 0;

function openOn({ folder }: SmallDisk): { readonly store: SqliteStore; readonly reserve: string } {
  const path = join(folder, "riposte.db");
  const store = openSqliteStore({ path, synchronous: "full", newInstall: "testtest" });
  if (store instanceof StoreError) throw store;
  onTestFinished(() => store.close());
  return { store, reserve: `${path}.reserve` };
}

function mounted(): SmallDisk {
  const found = mountSmallDisk(40);
  if (found === null) throw new Error("no small disk could be mounted");
  return found;
}

/** Calls in flight, as many as the largest destination can have. */
function begun(count: number): Change[] {
  return Array.from({ length: count }, (_, i): Change[] => [
    ...sample.opened(i + 1, { work: { state: "sending", attempt: i + 1 } }),
    { table: "attempt", row: sample.anAttempt(i + 1, { incident: i + 1, endedAt: null, outcome: null, reason: null }) },
  ]).flat();
}

function ended(count: number): Change[] {
  return Array.from({ length: count }, (_, i): Change[] => [
    { table: "attempt", row: sample.anAttempt(i + 1, { incident: i + 1, endedAt: 5, outcome: "done", reason: null }) },
    { table: "work_done", incident: i + 1, destination: "chat" },
    { table: "receipt", row: sample.aReceipt(i + 1) },
  ]).flat();
}

function code(work: () => void): string {
  try {
    work();
    return "committed";
  } catch (error) {
    return error instanceof StoreError ? error.code : String(error);
  }
}

describe.skipIf(!disk)("a disk that is full (skipped where this user may not mount one)", () => {
  it("takes the outcomes of all calls in flight, once, and nothing else", () => {
    const small = mounted();
    const { store, reserve } = openOn(small);
    store.commit(begun(256));
    expect(statSync(reserve).size).toBe(RESERVE_BYTES);
    expect(statSync(reserve).mode & 0o777).toBe(0o600);
    small.fill();

    // What the log still had room for inside its file is used up first.
    for (let n = 1_000; code(() => store.commit(sample.opened(n))) === "committed"; n += 1)
      expect(n).toBeLessThan(9_000);
    expect(existsSync(reserve)).toBe(true);
    store.commit(ended(256));

    expect(existsSync(reserve)).toBe(false);
    expect(code(() => store.commit(sample.opened(9_999)))).toBe("full");
    const facts = store.read(sample.aNeed({ incidents: new Set([1, 256]) }));
    expect(facts.receipts).toHaveLength(2);
    expect(facts.works).toEqual([]);
  });

  it("takes everything again once there is room, and lays the reserve aside again", () => {
    const small = mounted();
    const { store, reserve } = openOn(small);
    store.commit(begun(4));
    small.fill();
    for (let n = 1_000; code(() => store.commit(sample.opened(n))) === "committed"; n += 1)
      expect(n).toBeLessThan(9_000);
    store.commit(ended(4));

    store.upkeep();
    expect(code(() => store.commit(sample.opened(9_998)))).toBe("full");
    small.freeUp();
    store.upkeep();

    expect(code(() => store.commit(sample.opened(9_998)))).toBe("committed");
    expect(statSync(reserve).size).toBe(RESERVE_BYTES);
  });

  it("from the start lets it start without a reserve", () => {
    const small = mountSmallDisk(3);
    if (small === null) throw new Error("no small disk could be mounted");
    small.fill(1_500_000);

    const { store, reserve } = openOn(small);
    store.commit(sample.opened(1));

    expect(existsSync(reserve)).toBe(false);
  });
});
