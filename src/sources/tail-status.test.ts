import { mkdirSync, rmdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { alertLine, createRig, deafFiles } from "../../test/tail/rig.ts";
import { diskFiles } from "../ports/disk-files.ts";
import type { Files } from "../ports/files.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";

describe("a file", () => {
  test("that can't be opened is said to be unreadable, and read once it can", async () => {
    const { alerts, ledger, run, settle } = createRig();
    mkdirSync(alerts.path);

    const source = await run({ start: "end" });
    expect(source.status()).toMatchObject({ state: "unreadable", behindBytes: null });
    expect(source.status().trouble).toContain("a directory");

    rmdirSync(alerts.path);
    alerts.linkTo(MAY_26);
    await settle();
    alerts.lines(alertLine(1));
    await settle();
    expect(ledger.ids).toEqual(["1"]);
    expect(source.status()).toMatchObject({ state: "at_end", trouble: null });
  });

  test("that the disk fails to read is tried again, and nothing of it is lost or read twice", async () => {
    const { alerts, ledger, events, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    let fails = false;
    const files: Files = {
      ...deafFiles,
      open(path) {
        const file = diskFiles.open(path);
        if (file.kind !== "open") return file;
        return {
          ...file,
          read(into, offset, length, position) {
            if (fails) throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", syscall: "read" });
            return file.read(into, offset, length, position);
          },
        };
      },
    };
    const source = await run({ files });
    alerts.lines(alertLine(1), alertLine(2));
    await settle();

    fails = true;
    alerts.lines(alertLine(3));
    await settle();
    expect(source.status().state).toBe("unreadable");
    expect(source.status().trouble).toContain("EIO");
    fails = false;
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
    expect(source.status()).toMatchObject({ state: "at_end", trouble: null });
    expect(events.filter((event) => event.kind === "unreadable")).toHaveLength(1);
  });
});

test("a file that has appeared is being read, also while most of it is still to be handed over", async () => {
  const { alerts, ledger, run, settle } = createRig();
  const source = await run({ limits: { alerts: 1 } });
  ledger.isSlow = true;
  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1), alertLine(2), alertLine(3));
  const bytes = alerts.sizeBytes();

  await settle();

  expect(source.status()).toEqual({ state: "reading", trouble: null, behindBytes: (2 * bytes) / 3 });
});

describe("looking", () => {
  interface Counted {
    readonly files: Files;
    readonly count: { looks: number; reads: number };
    readonly wake: () => void;
  }

  function counted(): Counted {
    const count = { looks: 0, reads: 0 };
    const heard: (() => void)[] = [];
    const files: Files = {
      ...diskFiles,
      open(path) {
        count.looks += 1;
        const file = diskFiles.open(path);
        if (file.kind !== "open") return file;
        return {
          ...file,
          read(into, offset, length, position) {
            if (length > 256) count.reads += 1;
            return file.read(into, offset, length, position);
          },
        };
      },
      watch(_, changed) {
        heard.push(changed);
        return () => {};
      },
    };
    return { files, count, wake: () => heard.forEach((changed) => changed()) };
  }

  test("by the clock goes on four times a second while the file grows, and once a second when it rests", async () => {
    const { alerts, ledger, clock, run } = createRig();
    const { files, count } = counted();
    alerts.linkTo(MAY_26);
    await run({ files });
    alerts.lines(alertLine(1));
    await clock.advance(2_000);

    alerts.lines(alertLine(2));
    await clock.advance(250);
    expect(ledger.ids).toEqual(["1", "2"]);
    await clock.advance(60_000);
    count.looks = 0;
    await clock.advance(60_000);

    expect(count.looks).toBe(60);
  });

  test("many times at once is one read", async () => {
    const { alerts, ledger, clock, run } = createRig();
    const { files, count, wake } = counted();
    alerts.linkTo(MAY_26);
    await run({ files });
    count.reads = 0;

    alerts.lines(alertLine(1));
    for (let i = 0; i < 50; i += 1) wake();
    await clock.advance(0);

    expect(ledger.ids).toEqual(["1"]);
    expect(count.reads).toBe(1);
  });
});
