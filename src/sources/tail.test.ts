import { describe, expect, test } from "vitest";
import { createLineJudge } from "./line-judge.ts";
import { alertLine, createRig, levelJudge } from "../../test/tail/rig.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";

describe("the first start", () => {
  test("at the end takes what is appended later and nothing before, and stores its place at once", async () => {
    const { alerts, ledger, clock, start } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));

    const source = start({ start: "end" });
    await clock.advance(0);
    expect(ledger.stretches).toMatchObject([{ read: 0, alerts: [] }]);
    alerts.lines(alertLine(2));
    await clock.advance(1_000);

    expect(ledger.ids).toEqual(["2"]);
    expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
  });

  test("amid a line reads that line once it is whole", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    const line = alertLine(2);
    alerts.append(`${alertLine(1)}\n${line.slice(0, 40)}`);

    await run({ start: "end" });
    alerts.append(`${line.slice(40)}\n`);
    await settle();

    expect(ledger.ids).toEqual(["2"]);
  });

  test("amid a line that is longer than any may be reads on behind it", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.append(`${alertLine(1)}\n${"x".repeat(9_000)}`);

    await run({ start: "end", limits: { lineBytes: 4_000 } });
    alerts.append(`${"x".repeat(1_000)}\n${alertLine(2)}\n`);
    await settle();

    expect(ledger.ids).toEqual(["2"]);
    expect(ledger.totals).toMatchObject({ read: 1, malformed: 0 });
  });

  test("at the beginning takes all that is there", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1), alertLine(2, { level: 3 }), alertLine(3));

    await run({ start: "beginning" });

    expect(ledger.ids).toEqual(["1", "3"]);
    expect(ledger.totals).toEqual({ read: 3, ignored: 1, malformed: 0, kept: 2 });
  });

  test("before there is a file waits for it, says so, and reads it from its beginning", async () => {
    const { alerts, ledger, events, run, settle } = createRig();

    const source = await run({ start: "end" });
    expect(source.status()).toMatchObject({ state: "missing", behindBytes: null });
    expect(source.status().trouble).toContain(`${alerts.path} does not exist`);
    expect(source.watermark()).toBeNull();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await settle();

    expect(ledger.ids).toEqual(["1"]);
    expect(source.status()).toMatchObject({ state: "at_end", trouble: null });
    expect(events.map((event) => event.kind)).toEqual(["missing", "opened", "well"]);
  });

  test("before there is a file is remembered: one that appears while nobody looks is read from its beginning", async () => {
    const { alerts, ledger, run } = createRig();
    const source = await run({ start: "end" });
    await source.drain();

    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run({ start: "end" });

    expect(ledger.ids).toEqual(["1"]);
  });

  test("at the end keeps its place also when it could not be stored at first", async () => {
    const { alerts, ledger, clock, start, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    ledger.trouble = new Error("the disk is full");

    start({ start: "end" });
    await clock.advance(100);
    alerts.lines(alertLine(2));
    await clock.advance(1_000);
    ledger.trouble = null;
    await settle();

    expect(ledger.ids).toEqual(["2"]);
  });
});

describe("a line", () => {
  test("that comes in pieces is read once, when its end is there", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    await run();

    const text = `${alertLine(1)}\n${alertLine(2)}\n`;
    for (let i = 0; i < text.length; i += 100) {
      alerts.append(text.slice(i, i + 100));
      await settle();
    }

    expect(ledger.ids).toEqual(["1", "2"]);
    expect(ledger.totals).toMatchObject({ read: 2, malformed: 0 });
  });

  test("may end in CRLF, and may be blank", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_26);
    alerts.append(`${alertLine(1)}\r\n\n\r\n  \n${alertLine(2)}\n`);

    await run();

    expect(ledger.totals).toEqual({ read: 5, ignored: 3, malformed: 0, kept: 2 });
    expect(ledger.stretches.flatMap((stretch) => stretch.alerts.map((alert) => alert.raw))).toEqual([
      alertLine(1),
      alertLine(2),
    ]);
  });

  test("with bytes that are no UTF-8 is read with signs in their place", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_26);
    const [before = "", after = ""] = alertLine("?").split('"Alert ?"');
    alerts.append(Buffer.concat([Buffer.from(`${before}"caf`), Buffer.from([0xe9, 0xff]), Buffer.from(`"${after}\n`)]));

    await run();

    expect(ledger.stretches.flatMap((stretch) => stretch.alerts.map((alert) => alert.title))).toEqual([
      "caf\ufffd\ufffd",
    ]);
  });

  test("that is no alert is counted, kept to look at, and appears in no event", async () => {
    const { alerts, ledger, events, run } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines('{"secret":', '{"secret":1}', alertLine(1));

    const source = await run();

    expect(ledger.totals).toEqual({ read: 3, ignored: 0, malformed: 2, kept: 1 });
    expect(ledger.stretches.flatMap((stretch) => stretch.quarantine)).toEqual([
      { why: "not_json", raw: '{"secret":' },
      { why: "not_an_alert", raw: '{"secret":1}' },
    ]);
    expect(JSON.stringify([events, source.status()])).not.toContain("secret");
  });

  test("that is no alert is kept to 16 KiB, and of a stretch the last hundred", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_26);
    const umlauts = "ü".repeat(10_000);
    const long = Buffer.concat([Buffer.alloc(10_000, 0xff), Buffer.from(`\nx${umlauts}\n`)]);
    alerts.append(long);
    alerts.lines(...Array.from({ length: 120 }, (_, i) => `bad ${i}`));

    await run();
    const quarantine = ledger.stretches.flatMap((stretch) => stretch.quarantine);
    expect(ledger.totals).toMatchObject({ malformed: 122 });
    expect(quarantine.map((line) => line.raw)).toEqual(Array.from({ length: 100 }, (_, i) => `bad ${i + 20}`));

    const again = createRig();
    again.alerts.linkTo(MAY_26);
    again.alerts.append(long);
    await again.run();
    const [invalid, cut] = again.ledger.stretches.flatMap((stretch) => stretch.quarantine.map((line) => line.raw));
    expect(Buffer.byteLength(invalid ?? "")).toBeLessThanOrEqual(16_384);
    expect(cut).toBe(`x${"ü".repeat(8_191)}`);
  });

  test.each([
    ["no longer than the limit", 4_000, ["1", "2"], 0],
    ["one byte longer", 4_001, ["2"], 1],
    ["many times longer", 40_000, ["2"], 1],
  ])("%s is read or skipped accordingly", async (_, bytes, ids, malformed) => {
    for (const ending of ["\n", "\r\n"]) {
      const { alerts, ledger, run } = createRig();
      alerts.linkTo(MAY_26);
      alerts.append(`${alertLine(1, { bytes })}${ending}${alertLine(2)}${ending}`);

      await run({ limits: { chunkBytes: 1_000, lineBytes: 4_000 } });

      expect(ledger.ids).toEqual(ids);
      expect(ledger.totals).toMatchObject({ read: 2, malformed });
      expect(ledger.stretches.flatMap((stretch) => stretch.quarantine.map((line) => line.why))).toEqual(
        malformed === 1 ? ["too_long"] : [],
      );
    }
  });

  test("that is refused by its bytes is ignored, never parsed, and may be of any length", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(`-${"x".repeat(9_000)}`, "-not json", alertLine(1));
    const judge = { ...levelJudge, refuse: (bytes: Uint8Array, start: number) => bytes[start] === 0x2d };

    await run({ judge, limits: { chunkBytes: 1_000, lineBytes: 4_000 } });

    expect(ledger.totals).toEqual({ read: 3, ignored: 2, malformed: 0, kept: 1 });
  });

  test("that no policy takes is ignored", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));

    await run({
      judge: createLineJudge(
        null,
        () => false,
        () => [],
      ),
    });

    expect(ledger.totals).toEqual({ read: 1, ignored: 1, malformed: 0, kept: 0 });
  });
});
