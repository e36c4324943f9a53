import { chownSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSpoolRig } from "../../test/spool/rig.ts";
import { alertLine } from "../../test/tail/rig.ts";
import { hasCode } from "../../test/fixtures/disk-refusal.ts";

const isRoot = process.getuid?.() === 0;

test("files are taken in the order of their names, and go once they are stored", async () => {
  const { put, start, settle, ledger, names } = createSpoolRig();
  for (const n of [3, 1, 2]) put(`100${n}-1.json`, `${alertLine(n)}\n`);

  const source = start();
  await settle();

  expect(ledger.ids).toEqual(["1", "2", "3"]);
  expect(names()).toEqual([]);
  expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
});

test("a file is there until it is stored, however long that takes", async () => {
  const { put, start, settle, ledger, names } = createSpoolRig();
  put("1-1.json", alertLine(1));
  ledger.isSlow = true;

  start();
  await settle();
  const whileItWaits = names();
  ledger.storeNext();
  await settle();

  expect(whileItWaits).toEqual(["1-1.json"]);
  expect(names()).toEqual([]);
  expect(ledger.ids).toEqual(["1"]);
});

test("what could not be stored stays, is told once, and is read again until it can be", async () => {
  const { put, start, clock, settle, ledger, names, events } = createSpoolRig();
  put("1-1.json", alertLine(1));
  ledger.trouble = new Error("disk full");

  const source = start();
  await clock.advance(60_000);
  const said = source.status().trouble;
  ledger.trouble = null;
  await clock.advance(31_000);
  await settle();

  expect(said).toMatch(/^what was read could not be stored: disk full\. It stays in the spool/);
  expect(ledger.offered).toBeLessThan(15);
  expect([ledger.ids, names()]).toEqual([["1"], []]);
  expect(events.at(-1)).toEqual({ kind: "well" });
  expect(source.status().trouble).toBeNull();
});

test("while nothing can be stored there is no sign of life", async () => {
  const { path, put, start, clock, ledger } = createSpoolRig();
  start();
  await clock.advance(1_000);
  ledger.trouble = new Error("disk full");
  put("1-1.json", alertLine(1));
  await clock.advance(20_000);
  const before = statSync(join(path, "alive")).mtimeMs;

  await clock.advance(300_000);

  expect(statSync(join(path, "alive")).mtimeMs).toBe(before);
});

test("the sign of life is renewed every ten seconds, also by another user than before", async () => {
  const { path, put, start, clock } = createSpoolRig();
  put("alive", "");
  if (isRoot) chownSync(join(path, "alive"), 4_711, 4_711);

  start();
  await clock.advance(60_000);

  expect(clock.now() - statSync(join(path, "alive")).mtimeMs).toBeLessThanOrEqual(10_000);
});

test("a crash between the commit and the deletion reads again what is stored, and nothing is lost", async () => {
  const { folder, put, start, settle, ledger, names } = createSpoolRig();
  put("1-1.json", alertLine(1));
  const dies = { ...folder, remove: () => {} };
  const first = start({ folder: dies });
  await settle();
  await first.drain();

  start();
  await settle();

  // The Writer counts the second as a duplicate: it goes by the alert's identity.
  expect(new Set(ledger.ids)).toEqual(new Set(["1"]));
  expect(ledger.ids.length).toBeGreaterThan(1);
  expect(names()).toEqual([]);
});

test("a directory that is missing is waited for; a link in its place is not followed", async () => {
  const { path, put, start, settle, ledger } = createSpoolRig();
  const elsewhere = `${path}-elsewhere`;
  renameSync(path, elsewhere);
  const source = start();
  await settle();
  const missing = source.status();
  const watermark = source.watermark();
  symlinkSync(elsewhere, path);
  await settle();
  const linked = source.status();
  rmSync(path);
  renameSync(elsewhere, path);
  put("1-1.json", alertLine(1));
  await settle();

  expect(missing.state).toBe("missing");
  expect(missing.trouble).toContain("does not exist");
  expect(watermark).toBeNull();
  expect(linked.state).toBe("unreadable");
  expect(linked.trouble).toContain("a symbolic link is not followed");
  expect(ledger.ids).toEqual(["1"]);
  expect(source.status().state).toBe("at_end");
});

test("a directory that can't be written to is not read, since it could not be emptied", async () => {
  const { folder, put, start, settle, ledger, names } = createSpoolRig();
  put("1-1.json", alertLine(1));
  const source = start({
    folder: {
      ...folder,
      touch() {
        throw hasCode("EACCES");
      },
    },
  });
  await settle();

  expect(source.status()).toMatchObject({ state: "unreadable", trouble: expect.stringContaining("EACCES") as string });
  expect([ledger.offered, names()]).toEqual([0, ["1-1.json"]]);
});

test("timers wait for what lies in the spool, and for what is on its way", async () => {
  const { put, start, settle, ledger, clock } = createSpoolRig();
  const source = start();
  await settle();
  const empty = source.watermark();
  ledger.isSlow = true;
  put("1-1.json", alertLine(1, { stamp: "2026-05-26T07:00:00.000+0000" }));
  await settle();
  const waiting = source.watermark();
  await clock.advance(60_000);

  expect(clock.now() - 63_000 - 5_000 - (empty?.at ?? 0)).toBeLessThanOrEqual(4_000);
  expect(source.watermark()?.at).toBe(waiting?.at);
});

test("to drain stores what is in hand and leaves the rest", async () => {
  const { put, start, clock, ledger, names } = createSpoolRig();
  for (let n = 10; n < 60; n += 1) put(`${n}-1.json`, alertLine(n));
  ledger.isSlow = true;
  const source = start({ limits: { filesAStretch: 20 } });
  await clock.advance(100);

  const drained = source.drain();
  ledger.isSlow = false;
  ledger.storeNext();
  await clock.advance(100);
  await drained;

  expect(ledger.ids).toHaveLength(20);
  expect(names()).toHaveLength(30);
  expect(source.status().state).toBe("stopped");
});
