import { join } from "node:path";
import { expect, test } from "vitest";
import { alertLine, createRig, deafFiles, stoppedIn } from "../../test/tail/rig.ts";
import type { FileStat, Files } from "../ports/files.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";
const MAY_28 = "2026/May/ossec-alerts-28.json";

function refusal(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: refused, scandir '${path}'`), { code, path });
}

test.each([["EMFILE"], ["EIO"], ["ESTALE"], ["EACCES"]])(
  "no missed day is passed by because its folder can't be listed (%s): that is told, and reading goes on once it can",
  async (code) => {
    const { alerts, ledger, run, settle } = await stoppedIn(MAY_26);
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(2));
    alerts.linkTo(MAY_28);
    alerts.lines(alertLine(3));
    let fails = true;
    const files: Files = {
      ...deafFiles,
      list(directory) {
        if (fails && directory.includes("2026")) throw refusal(code, directory);
        return deafFiles.list(directory);
      },
    };
    const source = await run({ files });
    expect(ledger.ids).toEqual(["1"]);
    expect(source.status()).toMatchObject({ state: "unreadable" });
    expect(source.status().trouble).toContain(code);
    expect(source.status().trouble).toContain(join(alerts.folder, "2026"));

    fails = false;
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
    expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
  },
);

test("where the dated files may not be seen at all, the short name alone is followed", async () => {
  const { alerts, ledger, run, settle } = createRig();
  alerts.linkTo(MAY_26);
  const files: Files = {
    ...deafFiles,
    list(directory) {
      if (directory.includes("2026")) throw refusal("EACCES", directory);
      return deafFiles.list(directory);
    },
  };
  const source = await run({ files });
  alerts.lines(alertLine(1));
  await settle();
  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(2));
  await settle();

  expect(ledger.ids).toEqual(["1", "2"]);
  expect(source.status()).toMatchObject({ state: "at_end", trouble: null });
});

test("a folder that may no longer be entered is told of as that, and not as a file that is gone", async () => {
  const { alerts, ledger, clock, run, settle } = createRig();
  alerts.linkTo(MAY_26);
  let isClosed = false;
  const files: Files = {
    ...deafFiles,
    open: (path) => (isClosed ? { kind: "unreadable", why: "EACCES: permission denied" } : deafFiles.open(path)),
    stat: (path) => (isClosed ? null : deafFiles.stat(path)),
  };
  const source = await run({ files });
  isClosed = true;
  await clock.advance(10_000);
  expect(source.status()).toMatchObject({ state: "unreadable" });
  expect(source.status().trouble).toContain("EACCES: permission denied");

  isClosed = false;
  alerts.lines(alertLine(1));
  await settle();
  expect(ledger.ids).toEqual(["1"]);
  expect(source.status()).toMatchObject({ state: "at_end", trouble: null });
});

test("a file system that gives a file another inode number now and then makes no other file of it", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  let epoch = 1;
  const numbered = (stat: FileStat, number: number): FileStat => ({ ...stat, inode: `${stat.inode}${number}` });
  const files: Files = {
    ...deafFiles,
    stat(path) {
      const stat = deafFiles.stat(path);
      return stat === null ? null : numbered(stat, epoch);
    },
    open(path) {
      const file = deafFiles.open(path);
      const openedIn = epoch;
      return file.kind === "open" ? { ...file, stat: () => numbered(file.stat(), openedIn) } : file;
    },
  };
  const source = await run({ files });
  for (let i = 1; i <= 5; i += 1) {
    alerts.lines(alertLine(i, { bytes: 300 }));
    await clock.advance(3_000);
    alerts.append(alertLine(`half-${i}`).slice(0, 50));
    await clock.advance(1_000);
    epoch += 1;
    await clock.advance(3_000);
    alerts.append(`${alertLine(`half-${i}`).slice(50)}\n`);
  }
  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(6));
  await clock.advance(5_000);

  expect(ledger.ids).toEqual([...[1, 2, 3, 4, 5].flatMap((i) => [`${i}`, `half-${i}`]), "6"]);
  expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
});
