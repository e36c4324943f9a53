import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { alertLine, createRig, stoppedIn } from "../../test/tail/rig.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";

/** What a journalled file system leaves of a write of which only the length came to the disk. */
const nuls = (bytes: number): Buffer => Buffer.alloc(bytes);

describe("zeros that a power cut left", () => {
  test.each([[3], [700], [5_000], [30_000]])("%i of them hide no line behind them, and are no line", async (bytes) => {
    const { alerts, ledger, run, settle } = createRig();
    const limits = { chunkBytes: 1_000, lineBytes: 2_000 };
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    alerts.append(nuls(bytes));
    const source = await run({ limits });
    expect(source.status()).toMatchObject({ state: "at_end", trouble: null });

    alerts.lines(alertLine(2), alertLine(3));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
    expect(ledger.totals).toEqual({ read: 3, ignored: 0, malformed: 0, kept: 3 });
    expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
  });

  test("far behind where reading began, and amid a line, part lines as newlines do", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_26);
    const half = alertLine(2).slice(0, 90);
    alerts.append(
      Buffer.concat([Buffer.from(`${alertLine(1)}\n${half}`), nuls(200), Buffer.from(`${alertLine(3)}\n`), nuls(9)]),
    );
    alerts.append(`${alertLine(4)}\n`);
    await run();

    expect(ledger.ids).toEqual(["1", "3", "4"]);
    expect(ledger.totals).toEqual({ read: 4, ignored: 0, malformed: 1, kept: 3 });
    expect(ledger.stretches.flatMap(({ quarantine }) => quarantine)).toEqual([{ why: "not_json", raw: half }]);
  });

  test("at the end of a file that is left are no line either", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    alerts.append(nuls(900));
    await run();

    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(2));
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(ledger.totals).toEqual({ read: 2, ignored: 0, malformed: 0, kept: 2 });
  });

  test("may be a hole that a network file system fills later", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    const [one, two] = [`${alertLine(1)}\n`, `${alertLine(2, { bytes: 500 })}\n`];
    alerts.append(one);
    alerts.append(nuls(two.length));
    await run();

    const whole = readFileSync(alerts.path);
    whole.write(two, one.length);
    writeFileSync(alerts.path, whole);
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(ledger.totals).toMatchObject({ read: 2, malformed: 0 });
  });
});

describe("a file that lost its last part and has grown past the old place since", () => {
  // All of one length, and alike in their last parts.
  const older = [1, 2, 3].map((id) => `${alertLine(id, { bytes: 400 })}\n`);
  const lost = ["04", "05", "06"].map((id) => `${alertLine(id, { bytes: 400 })}\n`);
  const newer = ["07", "08", "09", "10", "11"].map((id) => `${alertLine(id, { bytes: 400 })}\n`);

  test("between two looks is read from its start, and somebody is told", async () => {
    const { alerts, ledger, events, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.append([...older, ...lost].join(""));
    await run();

    alerts.truncate(older.join("").length);
    alerts.append(newer.join(""));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3", "04", "05", "06", "1", "2", "3", "07", "08", "09", "10", "11"]);
    expect(ledger.totals.malformed).toBe(0);
    expect(events).toContainEqual({ kind: "truncated", path: alerts.path });
  });

  test("while nobody looked is read from its start, and somebody is told", async () => {
    const { alerts, ledger, events, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.append([...older, ...lost].join(""));
    await run();
    crash();

    alerts.truncate(older.join("").length);
    alerts.append(newer.join(""));
    await run();

    expect(ledger.ids).toEqual(["1", "2", "3", "04", "05", "06", "1", "2", "3", "07", "08", "09", "10", "11"]);
    expect(events).toContainEqual({ kind: "truncated", path: alerts.path });
  });

  test("and was left since is read from its start as well, before those after it", async () => {
    const rig = await stoppedIn(MAY_26, 5);
    const { alerts, ledger, run } = rig;
    alerts.truncate(alertLine(1).length + 1);
    alerts.append(newer.join(""));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(12));
    await run();

    expect(ledger.ids).toEqual(["1", "2", "3", "4", "5", "1", "07", "08", "09", "10", "11", "12"]);
  });
});

test("a file that only grew is never taken for one that was cut off, whatever its lines", async () => {
  const { alerts, ledger, events, run, crash, settle } = createRig();
  const limits = { chunkBytes: 100, lineBytes: 1_000 };
  alerts.linkTo(MAY_26);
  for (const [i, text] of ["\n", "x", "\r\n", "\n\n", "y".repeat(3_000), "\0", "\n", `${alertLine(1)}\n`].entries()) {
    await run({ limits });
    alerts.append(text);
    await settle();
    if (i % 2 === 0) crash();
  }
  await run({ limits });

  expect(ledger.ids.at(-1)).toBe("1");
  expect(events.filter((event) => event.kind === "truncated")).toEqual([]);
});
