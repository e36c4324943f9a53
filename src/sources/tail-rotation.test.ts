import { appendFileSync, linkSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { alertLine, createRig, deafFiles } from "../../test/tail/rig.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_26_1 = "2026/May/ossec-alerts-26-001.json";
const MAY_26_2 = "2026/May/ossec-alerts-26-002.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";
const JUNE_1 = "2026/Jun/ossec-alerts-01.json";

describe("when the short name moves on", () => {
  test.each([
    ["at midnight", MAY_26, MAY_27],
    ["by size", MAY_26, MAY_26_1],
    ["by size again", MAY_26_1, MAY_26_2],
    ["to another month", MAY_26_1, JUNE_1],
    ["to another year", "2025/Dec/ossec-alerts-31.json", "2026/Jan/ossec-alerts-01.json"],
    ["to an earlier date, because somebody set the clock back", MAY_27, MAY_26],
  ])("%s, the old file is read to its end and then the new one from its beginning", async (_, before, after) => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(before);
    alerts.lines(alertLine(1));
    const source = await run();

    alerts.lines(alertLine(2));
    alerts.linkTo(after);
    alerts.lines(alertLine(3));
    alerts.append(`${alertLine(4)}\n`, before);
    await settle();
    alerts.lines(alertLine(5));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "4", "3", "5"]);
    expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
  });

  test("what analysisd writes to the old file a moment later is still read, and not mixed up", async () => {
    const { alerts, ledger, clock, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();
    const line = alertLine(2);
    alerts.append(line.slice(0, 50));
    await settle();

    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(3));
    await clock.advance(250);
    alerts.append(`${line.slice(50)}\n`, MAY_26);
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
  });

  test("a last line without its newline is a line", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    alerts.append(alertLine(1));
    await settle();
    expect(ledger.ids).toEqual([]);

    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(2));
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(ledger.totals).toMatchObject({ read: 2, malformed: 0 });
  });

  test("a line too long at the end of the old file does not reach into the new one", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    await run({ limits: { lineBytes: 1_000 } });
    alerts.append("x".repeat(5_000));
    await settle();

    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(1));
    await settle();

    expect(ledger.ids).toEqual(["1"]);
    expect(ledger.totals).toMatchObject({ read: 2, malformed: 1 });
  });

  test("twice before anybody looked, the file in between is read as well", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    const source = await run();

    alerts.lines(alertLine(1));
    alerts.linkTo(MAY_26_1);
    alerts.lines(alertLine(2));
    alerts.linkTo(MAY_26_2);
    alerts.lines(alertLine(3));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(4));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3", "4"]);
    expect(source.status().trouble).toBeNull();
  });

  test("and files in between are only there packed, they are read as well", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    const source = await run();
    alerts.linkTo(MAY_26_1);
    alerts.lines(alertLine(1));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(2));

    alerts.pack(MAY_26_1);
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
  });

  test("while the old file is packed away under the reader's hands, it is still read to its end", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    alerts.lines(alertLine(1));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(2));

    alerts.pack(MAY_26);
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
  });

  test("the place is stored at once, so that packing the old file afterwards loses nothing", async () => {
    const { alerts, ledger, clock, events, run, crash, settle } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    alerts.lines(alertLine(1));
    alerts.linkTo(MAY_27);
    await clock.advance(1_500);
    crash();

    alerts.pack(MAY_26);
    await run();
    alerts.lines(alertLine(2));
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(events.filter((event) => event.kind === "gap")).toEqual([]);
  });

  test("files without dated names are followed by the short name alone", async () => {
    const { alerts, ledger, run, settle } = createRig();
    appendFileSync(alerts.path, `${alertLine(1)}\n`);
    await run();

    rmSync(alerts.path);
    appendFileSync(`${alerts.path}.new`, `${alertLine(2)}\n`);
    linkSync(`${alerts.path}.new`, alerts.path);
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
  });
});

test("a short name that leads elsewhere for a moment and comes back is not followed", async () => {
  const { alerts, ledger, run, settle } = createRig();
  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1));
  let isAway = false;
  await run({
    files: {
      ...deafFiles,
      stat(path) {
        const stat = deafFiles.stat(path);
        return isAway && stat !== null ? { ...stat, inode: "0:0" } : stat;
      },
    },
  });

  isAway = true;
  await settle();
  isAway = false;
  alerts.lines(alertLine(2));
  await settle();

  expect(ledger.ids).toEqual(["1", "2"]);
});

describe("while the short name leads nowhere", () => {
  test("the file that it led to is read on, and after a while somebody is told", async () => {
    const { alerts, ledger, clock, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    const source = await run();

    rmSync(alerts.path);
    alerts.lines(alertLine(1));
    await settle();
    expect(ledger.ids).toEqual(["1"]);
    expect(source.status()).toMatchObject({ state: "at_end", trouble: null });
    await clock.advance(10_000);
    expect(source.status().state).toBe("missing");
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(2));
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(source.status()).toMatchObject({ state: "at_end", trouble: null });
  });

  test("a restart finds the file by its dated name", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    crash();

    rmSync(alerts.path);
    alerts.lines(alertLine(1));
    await run();

    expect(ledger.ids).toEqual(["1"]);
  });
});
