import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { alertLine, createRig, stoppedIn } from "../../test/tail/rig.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_26_1 = "2026/May/ossec-alerts-26-001.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";
const MAY_28 = "2026/May/ossec-alerts-28.json";
const JUNE_2 = "2026/Jun/ossec-alerts-02.json";

const NOTHING_LOST = { state: "at_end", trouble: null, behindBytes: 0 };

describe("after days of standing still", () => {
  test("everything since is read in order, from the half that was left through what was packed to the live file", async () => {
    const rig = await stoppedIn(MAY_26);
    const { alerts, ledger, events, run } = rig;

    alerts.lines(alertLine(2), alertLine(3));
    alerts.linkTo(MAY_26_1);
    alerts.lines(alertLine(4));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(5), alertLine(6));
    for (const file of [MAY_26, MAY_26_1]) alerts.pack(file);
    alerts.linkTo(MAY_28);
    alerts.lines(alertLine(7));
    alerts.pack(MAY_27);
    alerts.linkTo(JUNE_2);
    alerts.lines(alertLine(8));
    const source = await run();

    expect(ledger.ids).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
    expect(ledger.totals).toEqual({ read: 8, ignored: 0, malformed: 0, kept: 8 });
    expect(source.status()).toEqual(NOTHING_LOST);
    expect(events.filter((event) => event.kind === "opened").map((event) => event.path)).toEqual([
      alerts.path,
      rig.alerts.packed(MAY_26),
      rig.alerts.packed(MAY_26_1),
      rig.alerts.packed(MAY_27),
      join(alerts.folder, MAY_28),
      join(alerts.folder, JUNE_2),
    ]);
  });

  test("many rotations by size in one day are caught up one by one", async () => {
    const rig = await stoppedIn(MAY_26);
    const { alerts, ledger, run } = rig;
    const parts = Array.from(
      { length: 30 },
      (_, i) => `2026/May/ossec-alerts-26-${String(i + 1).padStart(3, "0")}.json`,
    );
    for (const [i, part] of parts.entries()) {
      alerts.linkTo(part);
      alerts.lines(alertLine(i + 2));
      if (i % 3 === 0) alerts.pack(part);
    }
    alerts.linkTo(MAY_27);

    const source = await run();

    expect(ledger.ids).toEqual(Array.from({ length: 31 }, (_, i) => `${i + 1}`));
    expect(source.status()).toEqual(NOTHING_LOST);
  });

  test("a kill while it catches up costs no line and brings none twice", async () => {
    const rig = await stoppedIn(MAY_26);
    const { alerts, ledger, clock, start, settle, crash } = rig;
    const limits = { alerts: 5, chunkBytes: 2_000, parsedATurn: 3 };
    for (let day = 1; day <= 4; day += 1) {
      const ids = Array.from({ length: 40 }, (_, i) => 100 * day + i);
      alerts.lines(...ids.map((id) => alertLine(id, { bytes: 300 })));
      alerts.linkTo(`2026/Jul/ossec-alerts-0${day}.json`);
      alerts.pack(day === 1 ? MAY_26 : `2026/Jul/ossec-alerts-0${day - 1}.json`);
    }

    for (let life = 0; life < 12; life += 1) {
      start({ limits });
      await clock.advance(life * 3);
      crash();
    }
    const source = start({ limits });
    await settle();

    expect(ledger.ids).toEqual([
      "1",
      ...[1, 2, 3, 4].flatMap((day) => Array.from({ length: 40 }, (_, i) => `${100 * day + i}`)),
    ]);
    expect(source.status()).toEqual(NOTHING_LOST);
  });

  test("how much is behind counts what is packed as it lies on the disk", async () => {
    const rig = await stoppedIn(MAY_26);
    const { alerts, clock, start } = rig;
    alerts.linkTo(MAY_27);
    alerts.lines(...Array.from({ length: 50 }, (_, i) => alertLine(i + 2)));
    alerts.linkTo(MAY_28);
    alerts.pack(MAY_27);

    const source = start();
    await clock.advance(0);

    expect(source.status()).toEqual({
      state: "reading",
      trouble: null,
      behindBytes: readFileSync(rig.alerts.packed(MAY_27)).length,
    });
  });
});

describe("a file that was half read and then packed", () => {
  test("is continued amid a line", async () => {
    const rig = createRig();
    const { alerts, ledger, events, run, crash } = rig;
    alerts.linkTo(MAY_26);
    const line = alertLine(2);
    alerts.append(`${alertLine(1)}\n${line.slice(0, 70)}`);
    await run();
    crash();

    alerts.append(`${line.slice(70)}\n`);
    alerts.linkTo(MAY_27);
    alerts.pack(MAY_26);
    await run();

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(events).toContainEqual({
      kind: "opened",
      path: rig.alerts.packed(MAY_26),
      offsetBytes: alertLine(1).length + 1,
    });
  });

  test("is continued amid a line that is too long", async () => {
    const { alerts, ledger, run, crash } = createRig();
    const limits = { chunkBytes: 1_000, lineBytes: 1_000 };
    alerts.linkTo(MAY_26);
    alerts.append("x".repeat(5_000));
    await run({ limits });
    crash();

    alerts.append(`${"x".repeat(5_000)}\n${alertLine(1)}\n`);
    alerts.linkTo(MAY_27);
    alerts.pack(MAY_26);
    await run({ limits });

    expect(ledger.ids).toEqual(["1"]);
    expect(ledger.totals).toMatchObject({ read: 2, malformed: 1 });
  });

  test("is known also where it was still short when it was read", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    crash();

    alerts.lines(alertLine(1));
    alerts.linkTo(MAY_27);
    alerts.pack(MAY_26);
    await run();

    expect(ledger.ids).toEqual(["1"]);
  });

  test("and then left, is not read again", async () => {
    const { alerts, ledger, run, settle, crash } = await stoppedIn(MAY_26, 3);
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(4));
    alerts.pack(MAY_26);
    await run();
    crash();

    alerts.lines(alertLine(5));
    await run();
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("is read from its start where another one was packed under its name, and somebody is told", async () => {
    const rig = await stoppedIn(MAY_26);
    const { alerts, ledger, events, run } = rig;
    alerts.linkTo(MAY_27);
    alerts.pack(MAY_26);
    writeFileSync(rig.alerts.packed(MAY_26), gzipSync(`${alertLine(11)}\n${alertLine(12)}\n`));

    await run();

    expect(ledger.ids).toEqual(["1", "11", "12"]);
    expect(events).toContainEqual({ kind: "truncated", path: rig.alerts.packed(MAY_26) });
  });

  test("is read from its start where less was packed than had been read, and somebody is told", async () => {
    const rig = await stoppedIn(MAY_26, 5);
    const { alerts, ledger, events, run } = rig;
    const [one, two] = [alertLine(1), alertLine(2)];
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(6));
    alerts.pack(MAY_26);
    writeFileSync(rig.alerts.packed(MAY_26), gzipSync(`${one}\n${two}\n`));

    await run();

    expect(ledger.ids).toEqual(["1", "2", "3", "4", "5", "1", "2", "6"]);
    expect(events).toContainEqual({ kind: "truncated", path: rig.alerts.packed(MAY_26) });
  });

  test("is read on where the packing goes on under the reader's hands", async () => {
    const rig = await stoppedIn(MAY_26);
    const { alerts, ledger, clock, start, settle } = rig;
    alerts.lines(...Array.from({ length: 40 }, (_, i) => alertLine(i + 2, { bytes: 300 })));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(50));
    alerts.linkTo(MAY_28);
    start({ limits: { alerts: 5, chunkBytes: 1_000 } });
    await clock.advance(2);
    // Begun, and both are there.
    writeFileSync(rig.alerts.packed(MAY_27), "half a pack");
    await clock.advance(2);

    for (const file of [MAY_26, MAY_27]) alerts.pack(file);
    await settle();

    expect(ledger.ids).toEqual([...Array.from({ length: 41 }, (_, i) => `${i + 1}`), "50"]);
  });
});
