import { join } from "node:path";
import { expect, test } from "vitest";
import { alertLine, createRig, deafFiles } from "../../test/tail/rig.ts";
import type { FileStat, Files } from "../ports/files.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_26_1 = "2026/May/ossec-alerts-26-001.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";

/**
 * A network file system: its watches hear nothing of what other machines do, and what a name leads to and how long a
 * file is stays as it was when somebody last opened it here.
 */
function networkFiles(): Files {
  const stats = new Map<string, FileStat>();
  const sizes = new Map<string, number>();
  return {
    ...deafFiles,
    stat(path) {
      const known = stats.get(path) ?? deafFiles.stat(path);
      if (known !== null) stats.set(path, known);
      return known;
    },
    open(path) {
      const file = deafFiles.open(path);
      if (file.kind !== "open") return file;
      const found = file.stat();
      stats.set(path, found);
      sizes.set(found.inode, found.sizeBytes);
      const sizeBytes = (): number => sizes.get(found.inode) ?? 0;
      return {
        ...file,
        stat: () => ({ ...found, sizeBytes: sizeBytes() }),
        read: (into, offset, length, position) =>
          file.read(into, offset, Math.max(0, Math.min(length, sizeBytes() - position)), position),
      };
    },
  };
}

test("on a network file system a line arrives within a second or two, with no watch and no setting", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  await run({ files: networkFiles() });

  for (let i = 1; i <= 5; i += 1) {
    alerts.lines(alertLine(i));
    await clock.advance(2_000);
    expect(ledger.ids.at(-1)).toBe(`${i}`);
  }
  await clock.advance(60_000);
  alerts.lines(alertLine(6));
  await clock.advance(2_000);

  expect(ledger.ids.at(-1)).toBe("6");
});

test("on a network file system a rotation is seen, and what was written last to the old file is read before it is left", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  const source = await run({ files: networkFiles() });

  alerts.lines(alertLine(1));
  alerts.linkTo(MAY_26_1);
  alerts.lines(alertLine(2));
  await clock.advance(3_000);
  expect(ledger.ids).toEqual(["1", "2"]);
  alerts.lines(alertLine(3));
  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(4));
  alerts.linkTo("2026/May/ossec-alerts-28.json");
  alerts.lines(alertLine(5));
  await clock.advance(5_000);

  expect(ledger.ids).toEqual(["1", "2", "3", "4", "5"]);
  expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
});

test("after a remount, when every inode has another number, reading goes on where it stood", async () => {
  const { alerts, ledger, run, crash } = createRig();
  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1, { bytes: 400 }));
  await run();
  crash();

  alerts.lines(alertLine(2));
  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(3));
  const renumbered = (stat: FileStat): FileStat => ({ ...stat, inode: stat.inode.replace(":", ":9") });
  await run({
    files: {
      ...deafFiles,
      stat(path) {
        const stat = deafFiles.stat(path);
        return stat === null ? null : renumbered(stat);
      },
      open(path) {
        const file = deafFiles.open(path);
        return file.kind === "open" ? { ...file, stat: () => renumbered(file.stat()) } : file;
      },
    },
  });

  expect(ledger.ids).toEqual(["1", "2", "3"]);
});

test("a file of which only the folder may be asked is told apart by that", async () => {
  const { alerts, ledger, run, settle } = createRig();
  alerts.linkTo(MAY_26);
  let isClosed = false;
  const source = await run({
    files: {
      ...deafFiles,
      open: (path) => (isClosed ? { kind: "unreadable", why: "EACCES: permission denied" } : deafFiles.open(path)),
    },
  });

  isClosed = true;
  alerts.lines(alertLine(1));
  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(2));
  await settle();
  expect(ledger.ids).toEqual(["1"]);
  expect(source.status()).toMatchObject({ state: "unreadable" });
  expect(source.status().trouble).toContain(join(alerts.folder, MAY_27));
  isClosed = false;
  await settle();

  expect(ledger.ids).toEqual(["1", "2"]);
});
