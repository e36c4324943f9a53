import { describe, expect, test } from "vitest";
import { alertLine, createRig } from "../../test/tail/rig.ts";
import { diskFiles } from "../ports/disk-files.ts";
import type { Files } from "../ports/files.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";

describe("progress with nothing to keep", () => {
  test("is stored at most once a second, with exact counts", async () => {
    const { alerts, ledger, clock, run } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    const before = ledger.stretches.length;

    for (let i = 0; i < 12; i += 1) {
      alerts.lines(alertLine(i, { level: 3 }));
      await clock.advance(250);
    }
    await clock.advance(1_000);

    expect(ledger.totals).toEqual({ read: 12, ignored: 12, malformed: 0, kept: 0 });
    expect(ledger.stretches.length - before).toBeLessThanOrEqual(4);
  });

  test("is stored without waiting when much has come together", async () => {
    const { alerts, ledger, clock, start } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(...Array.from({ length: 100 }, (_, i) => alertLine(i, { level: 3, bytes: 1_000 })));

    start({ limits: { chunkBytes: 10_000, inputBytes: 25_000 } });
    await clock.advance(0);

    expect(ledger.totals.read).toBeGreaterThan(70);
  });

  test("that was not stored is read again after a crash, and counted once", async () => {
    const { alerts, ledger, clock, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    alerts.lines(alertLine(1, { level: 3 }));
    await clock.advance(250);
    crash();
    expect(ledger.totals).toMatchObject({ read: 0 });

    await run();

    expect(ledger.totals).toEqual({ read: 1, ignored: 1, malformed: 0, kept: 0 });
  });
});

describe("while a stretch is with the Writer", () => {
  test("none follows it, and what is read gathers for the next", async () => {
    const { alerts, ledger, clock, run } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    ledger.isSlow = true;

    for (let i = 0; i < 10; i += 1) {
      alerts.lines(alertLine(i));
      await clock.advance(1_000);
    }
    expect(ledger.waiting.map(({ input }) => input.alerts.length)).toEqual([1]);
    ledger.storeNext();
    await clock.advance(0);

    expect(ledger.waiting.map(({ input }) => input.alerts.length)).toEqual([9]);
  });

  test("reading stops once enough has gathered, and goes on with the answer", async () => {
    const { alerts, ledger, clock, start } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(...Array.from({ length: 100 }, (_, i) => alertLine(i)));
    ledger.isSlow = true;

    const source = start({ limits: { alerts: 10 } });
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(1_000);
      for (const { input } of ledger.waiting) expect(input.alerts.length).toBeLessThanOrEqual(10);
      if (i < 5) expect(source.status()).toMatchObject({ state: "reading" });
      ledger.storeNext();
    }

    expect(ledger.ids).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    expect(source.status()).toMatchObject({ state: "at_end", behindBytes: 0 });
  });

  test("a wake-up that comes while reading has stopped is not forgotten", async () => {
    const { alerts, ledger, clock, run } = createRig();
    const heard: (() => void)[] = [];
    const files: Files = {
      ...diskFiles,
      watch: (_, changed) => {
        heard.push(changed);
        return () => {};
      },
    };
    async function append(...ids: readonly number[]): Promise<void> {
      alerts.lines(...ids.map((id) => alertLine(id)));
      for (const changed of heard) changed();
      await clock.advance(0);
    }
    const hour = 3_600_000;
    alerts.linkTo(MAY_26);
    await run({ files, limits: { alerts: 2, busyLookMs: hour, idleLookMs: hour } });
    ledger.isSlow = true;
    await append(1);
    await append(2, 3);

    await append(4);
    ledger.isSlow = false;
    ledger.storeNext();
    await clock.advance(0);

    expect(ledger.ids).toEqual(["1", "2", "3", "4"]);
  });

  test("draining waits for the answer, then hands over what has gathered", async () => {
    const { alerts, ledger, clock, run } = createRig();
    alerts.linkTo(MAY_26);
    const source = await run();
    ledger.isSlow = true;
    alerts.lines(alertLine(1));
    await clock.advance(1_000);
    alerts.lines(alertLine(2));
    await clock.advance(1_000);

    let isDrained = false;
    const drained = source.drain().then(() => (isDrained = true));
    await clock.advance(0);
    expect(isDrained).toBe(false);
    ledger.storeNext();
    await clock.advance(0);
    expect(isDrained).toBe(false);
    ledger.storeNext();
    await drained;

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(source.status().state).toBe("stopped");
    expect(clock.waiting()).toBe(0);
  });
});

describe("a stretch that is refused", () => {
  test("is read again from the place that was stored last, ever less often, until it is taken", async () => {
    const { alerts, ledger, clock, events, run } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    const source = await run();
    ledger.trouble = new Error("database or disk is full");
    alerts.lines(alertLine(2), alertLine(3, { level: 3 }));

    await clock.advance(60_000);
    expect(source.status().trouble).toContain("database or disk is full");
    const waits = events.flatMap((event) => (event.kind === "not_accepted" ? [event.retryInMs] : []));
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    alerts.lines(alertLine(4));
    ledger.trouble = null;
    await clock.advance(31_000);

    expect(ledger.ids).toEqual(["1", "2", "4"]);
    expect(ledger.totals).toEqual({ read: 4, ignored: 1, malformed: 0, kept: 3 });
    expect(source.status()).toMatchObject({ state: "at_end", trouble: null });
    expect(events.map((event) => event.kind).slice(-2)).toEqual(["well", "opened"]);
  });

  test("makes the next one wait longer until lines were taken again, however many empty ones are", async () => {
    const { alerts, ledger, clock, events, run } = createRig();
    alerts.linkTo(MAY_26);
    let takesLines = false;
    await run({
      accept: (stretch) => {
        if (stretch.read > 0 && !takesLines) return Promise.reject(new Error("a line that no database takes"));
        return ledger.accept(stretch);
      },
    });
    const waits = (): readonly number[] =>
      events.splice(0).flatMap((event) => (event.kind === "not_accepted" ? [event.retryInMs] : []));
    alerts.lines(alertLine(1));

    await clock.advance(5_000);
    expect(waits().slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(ledger.stretches.length).toBeGreaterThan(3);
    takesLines = true;
    await clock.advance(10_000);
    expect(ledger.ids).toEqual(["1"]);
    takesLines = false;
    alerts.lines(alertLine(2));
    await clock.advance(1_500);

    expect(waits().slice(0, 2)).toEqual([250, 500]);
  });

  test("takes with it what gathered behind it: nothing is stored past a hole", async () => {
    const { alerts, ledger, clock, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    await run();
    ledger.isSlow = true;
    alerts.lines(alertLine(1));
    await clock.advance(1_000);
    alerts.lines(alertLine(2));
    await clock.advance(1_000);

    ledger.isSlow = false;
    ledger.waiting.shift()?.refuse(new Error("the Writer is closed"));
    await settle();

    expect(ledger.ids).toEqual(["1", "2"]);
  });

  test("may be refused by an error that is thrown at once", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    let throws = true;

    const source = await run({
      accept: (stretch) => {
        if (throws) throw new Error("not open yet");
        return ledger.accept(stretch);
      },
    });
    expect(source.status().trouble).toContain("not open yet");
    throws = false;
    await settle();

    expect(ledger.ids).toEqual(["1"]);
  });

  test("does not keep a source from being drained", async () => {
    const { alerts, ledger, clock, run } = createRig();
    alerts.linkTo(MAY_26);
    const source = await run();
    ledger.trouble = new Error("the Writer is closed");
    alerts.lines(alertLine(1));
    await clock.advance(1_000);

    await source.drain();

    expect(clock.waiting()).toBe(0);
  });
});
