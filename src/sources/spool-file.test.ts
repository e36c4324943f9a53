import { spawnSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSpoolRig } from "../../test/spool/rig.ts";
import { alertLine } from "../../test/tail/rig.ts";
import { hasCode } from "../../test/fixtures/disk-refusal.ts";

test("a half line, a line that is no alert and an empty file are counted, shown and gone", async () => {
  const { put, start, settle, ledger, names, rejected } = createSpoolRig();
  put("1-1.json", alertLine(1).slice(0, 50));
  put("2-1.json", `${alertLine(2)}\n{"a":1}\n${alertLine(3, { level: 3 })}\n`);
  put("3-1.json", "");

  start();
  await settle();

  expect(ledger.totals).toEqual({ read: 5, ignored: 1, malformed: 3, kept: 1 });
  expect(ledger.stretches.flatMap(({ quarantine }) => quarantine.map(({ why }) => why))).toEqual([
    "not_json",
    "not_an_alert",
    "not_read",
  ]);
  expect([names(), rejected()]).toEqual([[], ["3-1.json"]]);
});

test("a link, a directory, a pipe and a file with two names are moved aside unread; names of others are left alone", async () => {
  const { path, put, start, settle, ledger, names, rejected } = createSpoolRig();
  const outside = join(path, "..", "outside.json");
  writeFileSync(outside, alertLine(9));
  symlinkSync(outside, join(path, "1-1.json"));
  mkdirSync(join(path, "2-1.json"));
  spawnSync("mkfifo", [join(path, "3-1.json")]);
  linkSync(outside, join(path, "4-1.json"));
  put("5-1.json", alertLine(5));
  put("notes.txt", "x");
  put("..json", "x");
  put(`${"n".repeat(220)}.json`, "x");

  const source = start();
  await settle();
  await settle();

  expect(ledger.ids).toEqual(["5"]);
  expect(ledger.totals).toMatchObject({ read: 5, malformed: 4, kept: 1 });
  expect(rejected()).toEqual(["1-1.json", "2-1.json", "3-1.json", "4-1.json"]);
  expect(names()).toHaveLength(3);
  expect(existsSync(outside)).toBe(true);
  expect(ledger.stretches.flatMap(({ quarantine }) => quarantine.map(({ raw }) => raw))).toEqual([
    `${path}/1-1.json was not read: it is a symbolic link`,
    `${path}/2-1.json was not read: it is a directory`,
    `${path}/3-1.json was not read: it is no regular file`,
    `${path}/4-1.json was not read: it has another name as well`,
  ]);
  expect(source.status().trouble).toContain("was moved to the directory rejected beside it");
});

test("files of the directory's owner are taken, those of whoever else is named, and nobody's beside", async () => {
  const { folder, put, start, settle, ledger, rejected } = createSpoolRig();
  const owners: Readonly<Record<string, number>> = {
    "1-1.json": 999,
    "2-1.json": 1_000,
    "3-1.json": 0,
    "7-1.json": 1_000,
  };
  const owned = {
    ...folder,
    stat: () => ({ ...folder.stat()!, ownerId: 999 }),
    open: (name: string) => {
      const file = folder.open(name);
      return file.kind === "open" ? { ...file, stat: () => ({ ...file.stat(), ownerId: owners[name] ?? 0 }) } : file;
    },
  };
  for (const n of [1, 2, 3]) put(`${n}-1.json`, alertLine(n));

  const first = start({ folder: owned });
  await settle();
  await first.drain();
  put("7-1.json", alertLine(7));
  start({ folder: owned, owner: 1_000 });
  await settle();

  expect(ledger.ids).toEqual(["1", "3", "7"]);
  expect(rejected()).toEqual(["2-1.json"]);
});

test("a file that can't be read as yet stays, is told once, and holds up no other", async () => {
  const { folder, put, start, settle, clock, ledger, names, events } = createSpoolRig();
  for (const n of [1, 2]) put(`${n}-1.json`, alertLine(n));
  let opens = 0;
  let isClosed = true;
  const source = start({
    folder: {
      ...folder,
      open(name) {
        if (name !== "1-1.json" || !isClosed) return folder.open(name);
        opens += 1;
        return { kind: "unreadable", why: "EACCES" };
      },
    },
  });
  await clock.advance(120_000);
  const meanwhile = [ledger.ids, names(), source.status().trouble];
  isClosed = false;
  await clock.advance(31_000);
  await settle();

  expect(meanwhile).toEqual([["2"], ["1-1.json"], expect.stringContaining("1-1.json can't be read: EACCES")]);
  expect(opens).toBeLessThan(8);
  expect(ledger.ids).toEqual(["2", "1"]);
  expect(events.map(({ kind }) => kind)).toEqual(["file_waits", "well"]);
});

test("a file that can't be deleted is taken once in a life, and told of", async () => {
  const { folder, put, start, clock, ledger, names } = createSpoolRig();
  put("1-1.json", alertLine(1));
  let mayDelete = false;
  const source = start({
    folder: {
      ...folder,
      remove(name) {
        if (!mayDelete) throw hasCode("EPERM");
        folder.remove(name);
      },
    },
  });
  await clock.advance(120_000);
  const said = source.status().trouble;
  mayDelete = true;
  await clock.advance(31_000);

  expect(said).toContain("1-1.json was taken in and can't be deleted: EPERM");
  expect(ledger.ids).toEqual(["1"]);
  expect([names(), source.status().trouble]).toEqual([[], null]);
});

test("what somebody left in the middle of writing is taken ten minutes later, whole or half", async () => {
  const { path, put, start, settle, clock, ledger, names } = createSpoolRig();
  const seconds = clock.now() / 1_000;
  for (const [name, text] of [
    [".1-1.part", alertLine(1)],
    [".2-1.part", alertLine(2).slice(0, 30)],
  ] as const) {
    put(name, text);
    utimesSync(join(path, name), seconds, seconds);
  }

  start();
  await settle();
  const early = names();
  await clock.advance(11 * 60_000);

  expect(early).toHaveLength(2);
  expect(names()).toEqual([]);
  expect(ledger.totals).toMatchObject({ kept: 1, malformed: 1 });
});

test("more files than are held at a time all come, in order, among any amount of rubbish", async () => {
  const { put, start, settle, ledger, names } = createSpoolRig();
  for (let n = 0; n < 3_000; n += 1) put(`rubbish-${n}.tmp`, "x");
  for (let n = 999; n >= 100; n -= 1) put(`${n}-1.json`, `${alertLine(n)}\n`);

  start({ limits: { names: 64, filesAStretch: 50, filesATurn: 8 } });
  await settle();

  expect(ledger.ids).toEqual(Array.from({ length: 900 }, (_, i) => String(100 + i)));
  expect(Math.max(...ledger.stretches.map(({ alerts }) => alerts.length))).toBeLessThanOrEqual(50);
  expect(names()).toHaveLength(3_000);
});

test("one huge file comes in bounded stretches and goes when its end is stored", async () => {
  const { put, start, settle, ledger, names } = createSpoolRig();
  const lines = Array.from({ length: 2_500 }, (_, n) => alertLine(n));
  put("1-1.json", `${lines.join("\n")}\n${"x".repeat(5_000_000)}\n${alertLine("last")}`);
  put("2-1.json", "y".repeat(70_000_000));

  start();
  await settle();

  expect(ledger.totals).toEqual({ read: 2_503, ignored: 0, malformed: 2, kept: 2_501 });
  expect(Math.max(...ledger.stretches.map(({ alerts }) => alerts.length))).toBeLessThanOrEqual(1_000);
  expect(ledger.ids.at(-1)).toBe("last");
  expect(names()).toEqual([]);
});
