import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTestUnpack } from "../../test/unpack.ts";
import { createTail } from "./tail.ts";
import { alertLine, createRig, deafFiles, levelJudge } from "../../test/tail/rig.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_26_1 = "2026/May/ossec-alerts-26-001.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";
const MAY_28 = "2026/May/ossec-alerts-28.json";

describe("after a restart", () => {
  test("reading goes on where it was stored, whatever `start` says", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();
    crash();

    alerts.lines(alertLine(2));
    await run({ start: "end" });

    expect(ledger.ids).toEqual(["1", "2"]);
  });

  test("a stretch that was not stored is read again", async () => {
    const { alerts, ledger, clock, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    ledger.isSlow = true;
    alerts.lines(alertLine(1));
    await clock.advance(1_000);
    crash();

    ledger.isSlow = false;
    await run();

    expect(ledger.ids).toEqual(["1"]);
  });

  test("half a line that was there already is read with its other half", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    const line = alertLine(2);
    alerts.append(`${alertLine(1)}\n${line.slice(0, 60)}`);
    await run();
    crash();

    alerts.append(`${line.slice(60)}\n`);
    await run();

    expect(ledger.ids).toEqual(["1", "2"]);
  });

  test("a line too long is skipped on, and counted once", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    const limits = { chunkBytes: 1_000, lineBytes: 1_000 };
    alerts.append("x".repeat(5_000));
    await run({ limits });
    crash();

    alerts.append(`${"x".repeat(5_000)}\n${alertLine(1)}\n`);
    await run({ limits });

    expect(ledger.ids).toEqual(["1"]);
    expect(ledger.totals).toMatchObject({ read: 2, malformed: 1 });
  });

  test("one rotation behind, the rest of the old file comes before the new one", async () => {
    const { alerts, ledger, events, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();
    crash();

    alerts.lines(alertLine(2));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(3));
    await run();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
    expect(events.filter((event) => event.kind === "gap")).toEqual([]);
  });

  test("several rotations behind, all files in between are read in the order of their dates", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();
    crash();

    alerts.lines(alertLine(2));
    alerts.linkTo(MAY_26_1);
    alerts.lines(alertLine(3));
    alerts.linkTo(MAY_27);
    alerts.append(alertLine(4));
    alerts.linkTo(MAY_28);
    alerts.lines(alertLine(5));
    const source = await run();

    expect(ledger.ids).toEqual(["1", "2", "3", "4", "5"]);
    expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
  });

  test("how much is behind counts the files that come after", async () => {
    const { alerts, clock, run, crash, start } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    crash();

    alerts.lines(alertLine(1, { bytes: 1_000 }));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(2, { bytes: 2_000 }));
    const source = start();
    await clock.advance(10);

    expect(source.status()).toEqual({ state: "reading", trouble: null, behindBytes: 2_001 });
    expect(source.watermark()?.at).toBeLessThan(clock.now());
  });

  test("of the manager on the same day, the same file goes on", async () => {
    const { alerts, ledger, run, crash, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();
    crash();

    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(2));
    await run();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(3));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
  });

  test("when the old file is gone, that is told, and the current one is read from its beginning", async () => {
    const { alerts, ledger, clock, events, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();
    crash();

    alerts.lines(alertLine(2));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(3));
    alerts.remove(MAY_26);
    const source = await run({ start: "end" });

    expect(ledger.ids).toEqual(["1", "3"]);
    expect(events).toContainEqual({ kind: "gap", path: join(alerts.folder, MAY_26) });
    expect(source.status().trouble).toContain("is gone");
    await clock.advance(2 * 3_600_000);
    expect(source.status().trouble).toBeNull();
  });

  test("when the old file is gone, those after it are still read", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    crash();

    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(1));
    alerts.linkTo(MAY_28);
    alerts.lines(alertLine(2));
    alerts.remove(MAY_26);
    await run();

    expect(ledger.ids).toEqual(["1", "2"]);
  });

  test("a file that was given the inode of the old one is not taken for it", async () => {
    const { alerts, ledger, clock, events, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1), alertLine(2));
    await run();
    crash();
    const cursor = ledger.cursor ?? "";
    const stored = JSON.parse(cursor) as { file: { inode: string } };

    alerts.linkTo(MAY_27);
    alerts.remove(MAY_26);
    alerts.lines(alertLine(3), alertLine(4), alertLine(5));
    const inode = deafFiles.stat(alerts.path)?.inode;
    const reused = cursor.replace(stored.file.inode, inode ?? "");
    const source = createTail({
      name: "wazuh",
      path: alerts.path,
      start: "end",
      files: deafFiles,
      unpack: createTestUnpack(clock),
      clock,
      accept: ledger.accept,
      judge: levelJudge,
      observe: (event) => events.push(event),
    });
    source.start(reused);
    await clock.advance(3_000);
    await source.drain();

    expect(ledger.ids).toEqual(["1", "2", "3", "4", "5"]);
    expect(events.map((event) => event.kind)).toContain("gap");
  });

  test("the same file in a new inode, as after a restored backup, is read on and not again", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1, { bytes: 400 }), alertLine(2));
    await run();
    crash();

    alerts.restore(MAY_26, readFileSync(alerts.dated));
    alerts.lines(alertLine(3));
    await run();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
  });

  test("so is one that was left since", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1, { bytes: 400 }));
    await run();
    crash();

    alerts.restore(MAY_26, readFileSync(alerts.dated));
    alerts.lines(alertLine(2));
    alerts.linkTo(MAY_27);
    alerts.lines(alertLine(3));
    await run();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
  });

  test("a few equal bytes at the start make no file the same", async () => {
    const { alerts, ledger, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines("{}");
    await run();
    crash();

    alerts.linkTo(MAY_27);
    alerts.remove(MAY_26);
    alerts.lines("{}", alertLine(1));
    await run();

    expect(ledger.totals).toEqual({ read: 3, ignored: 0, malformed: 2, kept: 1 });
  });

  test("a stored place that can't be understood means the beginning, never the end", async () => {
    const { alerts, ledger, events, clock } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));

    for (const cursor of ["{", "null", '{"v":2}', '{"v":1,"file":{},"offsetBytes":0,"skipping":false}']) {
      const source = createTail({
        name: "wazuh",
        path: alerts.path,
        start: "end",
        files: deafFiles,
        unpack: createTestUnpack(clock),
        clock,
        accept: ledger.accept,
        judge: levelJudge,
        observe: (event) => events.push(event),
      });
      source.start(cursor);
      await clock.advance(100);
      expect(source.status().trouble).toContain("can't be understood");
      await source.drain();
    }

    expect(ledger.ids).toEqual(["1", "1", "1", "1"]);
  });
});
