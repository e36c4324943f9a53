import { mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { alertLine, createRig, deafFiles } from "../../test/tail/rig.ts";
import { eventNow } from "../core/watermark.ts";
import { HOUR_MS, SECOND_MS, type Instant } from "../core/time.ts";
import type { Files } from "../ports/files.ts";
import type { Source } from "./source.ts";
import { HELD_BACK_MS } from "./tail-watermark.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";

/** As if the process stood still: no look falls due. */
const noLooks = { busyLookMs: 10 * HOUR_MS, idleLookMs: 10 * HOUR_MS };

/** Up to when the timers of the source's incidents fire. */
function timersReach(source: Source, now: Instant): Instant {
  const watermark = source.watermark();
  return eventNow({ kind: "tick", now, watermarks: watermark === null ? {} : { wazuh: watermark } }, "wazuh");
}

test("the watermark is the last look while all that it found is stored, and the last stored line while it is not", async () => {
  const { alerts, ledger, clock, start } = createRig();
  const first = Date.UTC(2026, 4, 26, 7, 0, 0);
  alerts.linkTo(MAY_26);
  alerts.lines(
    alertLine(1, { stamp: "2026-05-26T09:00:00.000+0200" }),
    alertLine(2, { stamp: "2026-05-26T09:00:01.000+0200" }),
  );
  ledger.isSlow = true;
  const source = start({ limits: { alerts: 1 } });
  const startedAt = clock.now();

  await clock.advance(10);
  expect(source.watermark()).toEqual({ at: 0, reportedAt: clock.now() });
  ledger.storeNext();
  await clock.advance(10);
  expect(source.watermark()).toEqual({ at: 0, reportedAt: clock.now() });
  ledger.storeNext();
  await clock.advance(10);
  expect(source.watermark()).toEqual({ at: first, reportedAt: clock.now() });
  ledger.storeNext();
  await clock.advance(10);
  expect(ledger.stretches.map((stretch) => stretch.watermarkAt)).toEqual([null, first, first + 1_000]);
  expect(source.watermark()).toEqual({ at: startedAt + 20 - HELD_BACK_MS, reportedAt: clock.now() });

  await clock.advance(10 * SECOND_MS);
  expect(clock.now() - (source.watermark()?.at ?? 0)).toBeLessThanOrEqual(SECOND_MS + HELD_BACK_MS);
});

test("an alert that Wazuh still holds in its buffer holds the timers back", async () => {
  const { alerts, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  const source = await run();
  const happenedAt = clock.now();

  await clock.advance(1_900);

  expect(timersReach(source, clock.now())).toBeLessThanOrEqual(happenedAt);
});

test("a line that is there and that no look has found yet holds the timers back, for however long", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  const source = await run({ limits: noLooks });
  const writtenAt = clock.now();
  alerts.lines(alertLine(1));

  await clock.advance(HOUR_MS);

  expect(ledger.ids).toEqual([]);
  expect(timersReach(source, clock.now())).toBeLessThanOrEqual(writtenAt);
});

test("the end of a file that the name may have left by now proves nothing about the next one", async () => {
  const { alerts, ledger, clock, run } = createRig();
  const heard = new Map<string, () => void>();
  const files: Files = {
    ...deafFiles,
    watch(path, changed) {
      heard.set(path, changed);
      return () => {};
    },
  };
  alerts.linkTo(MAY_26);
  const source = await run({ files, limits: noLooks });
  const movedAt = clock.now();
  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(2));
  await clock.advance(SECOND_MS);

  alerts.append(`${alertLine(1)}\n`, MAY_26);
  heard.get(alerts.path)?.();
  await clock.advance(0);

  expect(ledger.ids).toEqual(["1"]);
  expect(timersReach(source, clock.now())).toBeLessThanOrEqual(movedAt);
});

test("a source whose lines are refused is not silent: its timers wait until they are taken", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  const source = await run();
  ledger.trouble = new Error("database or disk is full");
  const writtenAt = clock.now();
  alerts.lines(alertLine(1));

  for (let hours = 1; hours <= 3; hours += 1) {
    await clock.advance(HOUR_MS);
    expect(timersReach(source, clock.now())).toBeLessThanOrEqual(writtenAt);
  }
  ledger.trouble = null;
  await clock.advance(60 * SECOND_MS);

  expect(ledger.ids).toEqual(["1"]);
  expect(timersReach(source, clock.now())).toBeGreaterThan(writtenAt + 3 * HOUR_MS);
});

test("lines that were refused move no watermark, also where the first thing that is stored after them is empty", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1, { stamp: "2026-05-26T07:00:00.000+0000" }));
  await run({ limits: { alerts: 1 } });
  const before = ledger.stretches.length;
  const happenedAt = Date.UTC(2026, 4, 26, 7, 30);
  ledger.trouble = new Error("database or disk is full");
  alerts.lines(...[2, 3, 4].map((id) => alertLine(id, { stamp: "2026-05-26T07:30:00.000+0000" })));
  await clock.advance(SECOND_MS);

  ledger.trouble = null;
  await clock.advance(60 * SECOND_MS);

  expect(ledger.ids).toEqual(["1", "2", "3", "4"]);
  let isRead = false;
  for (const { alerts: stored, watermarkAt } of ledger.stretches.slice(before)) {
    isRead ||= stored.length > 0;
    if (!isRead) expect(watermarkAt ?? 0).toBeLessThan(happenedAt);
  }
  expect(ledger.stretches[before]).toMatchObject({ read: 0, watermarkAt: null });
});

test("a source whose very first lines are refused holds all its timers back", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1));
  ledger.trouble = new Error("database or disk is full");
  const source = await run();

  await clock.advance(HOUR_MS);

  expect(timersReach(source, clock.now())).toBe(0);
});

test("a source that waits long for one answer is not silent either", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  const source = await run();
  ledger.isSlow = true;
  const writtenAt = clock.now();
  alerts.lines(alertLine(1));

  await clock.advance(HOUR_MS);

  expect(ledger.waiting).toHaveLength(1);
  expect(timersReach(source, clock.now())).toBeLessThanOrEqual(writtenAt);
});

test("a source whose file is gone falls silent, and holds no timer back for good", async () => {
  const { alerts, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  const files: Files = {
    ...deafFiles,
    open: (path) => {
      const file = deafFiles.open(path);
      if (file.kind !== "open") return file;
      return {
        ...file,
        read(into, offset, length, position) {
          if (fails) throw Object.assign(new Error("ESTALE: stale file handle, read"), { code: "ESTALE" });
          return file.read(into, offset, length, position);
        },
      };
    },
  };
  let fails = false;
  const source = await run({ files });
  const lostAt = clock.now();
  fails = true;
  rmSync(alerts.path);

  await clock.advance(9 * 60 * SECOND_MS);
  expect(timersReach(source, clock.now())).toBeLessThanOrEqual(lostAt);
  await clock.advance(2 * 60 * SECOND_MS);

  expect(source.status().state).toBe("unreadable");
  expect(timersReach(source, clock.now())).toBe(clock.now());
});

test("a source that may not open the next file falls silent as well", async () => {
  const { alerts, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  const source = await run();
  rmSync(alerts.path);
  mkdirSync(alerts.path);

  await clock.advance(11 * 60 * SECOND_MS);

  expect(source.status().state).toBe("unreadable");
  expect(timersReach(source, clock.now())).toBe(clock.now());
});

test("the watermark never lies in the future, whatever a line says", async () => {
  const { alerts, ledger, clock, run } = createRig();
  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1, { stamp: "2999-01-01T00:00:00.000+0000" }), alertLine(2));

  await run({ limits: { parsedATurn: 1 } });

  for (const { watermarkAt } of ledger.stretches) expect(watermarkAt ?? 0).toBeLessThanOrEqual(clock.now());
});
