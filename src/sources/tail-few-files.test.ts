// A limit of open files is reached: what can't be opened now is not gone, and a folder that can't be listed is not empty.
import { expect, test } from "vitest";
import { alertLine, createRig, deafFiles, stoppedIn, type Rig } from "../../test/tail/rig.ts";
import type { Files } from "../ports/files.ts";

const DAYS = ["2026/May/ossec-alerts-26.json", "2026/May/ossec-alerts-27.json", "2026/May/ossec-alerts-28.json"];

/** The disk for a process that may open only so many more. */
class FewFiles {
  free: number;
  open = 0;
  readonly files: Files = {
    ...deafFiles,
    open: (path) => {
      if (this.free === 0) return { kind: "unreadable", why: "EMFILE" };
      const file = deafFiles.open(path);
      if (file.kind !== "open") return file;
      this.free -= 1;
      this.open += 1;
      const close = (): void => {
        this.free += 1;
        this.open -= 1;
        file.close();
      };
      return { ...file, close };
    },
    list: (directory) => {
      if (this.free === 0) throw Object.assign(new Error("EMFILE: too many open files, scandir"), { code: "EMFILE" });
      return deafFiles.list(directory);
    },
  };

  constructor(free: number) {
    this.free = free;
  }
}

function writeDay(rig: Rig, day: number): void {
  rig.alerts.linkTo(DAYS[day] ?? "");
  rig.alerts.lines(alertLine(`${day}1`), alertLine(`${day}2`));
}

test.each([0, 1, 2, 3])("days behind with %i more to open, no day is passed over", async (free) => {
  const rig = await stoppedIn(DAYS[0] ?? "");
  for (const day of [1, 2]) writeDay(rig, day);
  const few = new FewFiles(free);

  const source = rig.start({ files: few.files });
  await rig.settle();
  const status = source.status();
  few.free += 10;
  await rig.settle();
  await rig.settle();

  expect(rig.ledger.ids).toEqual(["1", "11", "12", "21", "22"]);
  expect(rig.events.filter(({ kind }) => kind === "gap" || kind === "truncated")).toEqual([]);
  if (free < 2) {
    expect(status.state).toBe("unreadable");
    expect(status.trouble).toContain("raise the limit of open files, LimitNOFILE=");
  }
  expect(few.open).toBe(1);
});

test.each([0, 1])(
  "a day that ends while only %i more can be opened is read to its end, and so is the next",
  async (free) => {
    const rig = createRig();
    const few = new FewFiles(10);
    writeDay(rig, 0);
    const source = await rig.run({ files: few.files });

    few.free = free;
    for (const day of [1, 2]) writeDay(rig, day);
    await rig.settle();
    expect(() => source.status()).not.toThrow();
    few.free += 10;
    await rig.settle();
    await rig.settle();

    expect(rig.ledger.ids).toEqual(["01", "02", "11", "12", "21", "22"]);
    expect(few.open).toBe(1);
  },
);

test("a file that was opened with the last that there was is left for the next day, and not for the newest", async () => {
  const rig = createRig();
  writeDay(rig, 0);
  const few = new FewFiles(1);
  rig.start({ files: few.files });
  await rig.settle();
  few.free += 10;
  await rig.settle();

  for (const day of [1, 2]) writeDay(rig, day);
  await rig.settle();
  await rig.settle();

  expect(rig.ledger.ids).toEqual(["01", "02", "11", "12", "21", "22"]);
});

test("a file that is gone and a folder that can't be listed leave nothing open", async () => {
  const rig = await stoppedIn(DAYS[0] ?? "");
  rig.alerts.remove(DAYS[0] ?? "");
  for (const day of [1, 2]) writeDay(rig, day);
  const few = new FewFiles(1);

  rig.start({ files: few.files });
  await rig.settle();
  expect(few.open).toBe(0);
  few.free += 10;
  await rig.settle();
  await rig.settle();

  expect(rig.ledger.ids).toEqual(["1", "11", "12", "21", "22"]);
});
