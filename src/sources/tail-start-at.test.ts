import { describe, expect, test } from "vitest";
import { alertLine, createRig, deafFiles, type Rig } from "../../test/tail/rig.ts";
import type { Source } from "./source.ts";

const MAY_24 = "2026/May/ossec-alerts-24.json";
const MAY_25 = "2026/May/ossec-alerts-25.json";
const MAY_26 = "2026/May/ossec-alerts-26.json";

function lineAt(id: number, day: number, time: string): string {
  return alertLine(id, { stamp: `2026-05-${day}T${time}.000+0200` });
}

/** Three days with four lines each, an hour apart, in the zone of the manager; the first two are packed. */
function threeDays(): Rig {
  const rig = createRig();
  let id = 0;
  for (const [day, file] of [
    [24, MAY_24],
    [25, MAY_25],
    [26, MAY_26],
  ] as const) {
    rig.alerts.linkTo(file);
    for (const hour of ["00:30", "01:30", "02:30", "23:30"]) rig.alerts.lines(lineAt((id += 1), day, `${hour}:00`));
  }
  for (const file of [MAY_24, MAY_25]) rig.alerts.pack(file);
  return rig;
}

function runFrom(rig: Rig, stamp: string): Promise<Source> {
  return rig.run({ start: { at: Date.parse(stamp) } });
}

function idsFrom(first: number): readonly string[] {
  return Array.from({ length: 13 - first }, (_, i) => `${first + i}`);
}

describe("the first start at a time", () => {
  test.each([
    ["the time of a line", "2026-05-25T01:30:00+02:00", 6],
    ["a moment later", "2026-05-25T01:30:00.001+02:00", 7],
    ["midnight of the manager", "2026-05-25T00:00:00+02:00", 5],
    ["midnight in UTC, hours into the manager's day", "2026-05-25T00:00:00Z", 7],
    ["a day that is still plain", "2026-05-26T02:00:00+02:00", 11],
    ["long before anything that is there", "2020-01-01T00:00:00Z", 1],
    ["the last line", "2026-05-26T23:30:00+02:00", 12],
  ])("begins with the first line at or after it: %s", async (_, stamp, first) => {
    const rig = threeDays();

    const source = await runFrom(rig, stamp);

    expect(rig.ledger.ids).toEqual(idsFrom(first));
    expect(rig.ledger.totals).toEqual({ read: 13 - first, ignored: 0, malformed: 0, kept: 13 - first });
    expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
  });

  test("opens only the file in which that line is, and those after it", async () => {
    const rig = threeDays();

    await runFrom(rig, "2026-05-25T12:00:00+02:00");

    const opened = rig.events.flatMap((event) => (event.kind === "opened" ? [event.path] : []));
    expect(opened).toEqual([`${rig.alerts.folder}/${MAY_25}.gz`, `${rig.alerts.folder}/${MAY_26}`]);
  });

  test("that is still to come passes over everything until then", async () => {
    const rig = threeDays();
    const { alerts, ledger, settle } = rig;

    await runFrom(rig, "2026-05-27T00:00:00Z");
    alerts.lines(lineAt(13, 27, "01:59:59"), "{half", lineAt(14, 27, "02:00:00"), lineAt(15, 27, "01:59:59"));
    await settle();

    expect(ledger.ids).toEqual(["14", "15"]);
    expect(ledger.totals).toEqual({ read: 2, ignored: 0, malformed: 0, kept: 2 });
  });

  test("goes by the order of lines: one with an earlier time that comes later is read", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_25);
    alerts.lines(lineAt(1, 25, "23:58:00"), lineAt(2, 26, "00:00:02"));
    alerts.linkTo(MAY_26);
    alerts.lines(lineAt(3, 26, "00:00:01"), lineAt(4, 26, "00:00:03"));

    await run({ start: { at: Date.parse("2026-05-26T00:00:02+02:00") } });

    expect(ledger.ids).toEqual(["2", "3", "4"]);
  });

  test("passes over what is too long and what is no alert, until the first line that counts", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(`{"timestamp":"2026-05-26T08:00:00.000+0000","x":"${"x".repeat(3_000)}"}`, "no alert", "");
    alerts.lines(lineAt(1, 26, "11:00:00"), "no alert");

    await run({ start: { at: Date.parse("2026-05-26T09:00:00Z") }, limits: { chunkBytes: 1_000, lineBytes: 1_000 } });

    expect(ledger.ids).toEqual(["1"]);
    expect(ledger.totals).toMatchObject({ read: 2, malformed: 1 });
  });

  test("of files without dates searches the one there is", async () => {
    const { alerts, ledger, run } = createRig();
    alerts.append([1, 2, 3].map((id) => `${lineAt(id, 26, `0${id}:00:00`)}\n`).join(""), "alerts.json");

    await run({ start: { at: Date.parse("2026-05-26T02:00:00+02:00") } });

    expect(ledger.ids).toEqual(["2", "3"]);
  });

  test("before there is a file waits for it, and still passes over what is too early", async () => {
    const rig = createRig();
    const { alerts, ledger, run, settle, crash } = rig;

    await runFrom(rig, "2026-05-26T02:00:00+02:00");
    crash();
    await run({ start: "end" });
    alerts.linkTo(MAY_26);
    alerts.lines(lineAt(1, 26, "01:00:00"), lineAt(2, 26, "02:00:00"));
    await settle();

    expect(ledger.ids).toEqual(["2"]);
  });

  test("is gone on with after a kill amid the search, and after a refusal", async () => {
    const rig = threeDays();
    const { alerts, ledger, clock, start, settle, crash } = rig;
    alerts.lines(...Array.from({ length: 100 }, () => lineAt(99, 26, "23:31:00")));
    const options = {
      start: { at: Date.parse("2026-05-26T23:32:00+02:00") },
      limits: { chunkBytes: 500, inputBytes: 1_000 },
    };

    start(options);
    await clock.advance(0);
    expect(JSON.parse(ledger.cursor ?? "")).toMatchObject({ fromAt: options.start.at });
    crash();
    ledger.trouble = new Error("the disk is full");
    start({ ...options, start: "end" });
    await settle();
    ledger.trouble = null;
    alerts.lines(lineAt(100, 26, "23:32:00"));
    await settle();

    expect(ledger.ids).toEqual(["100"]);
    expect(ledger.totals).toMatchObject({ read: 1 });
    expect(JSON.parse(ledger.cursor ?? "")).toMatchObject({ fromAt: null });
  });

  test("is no matter once a place was stored", async () => {
    const rig = threeDays();
    const { alerts, ledger, crash } = rig;
    await rig.run({ start: "end" });
    crash();

    alerts.lines(lineAt(13, 26, "23:40:00"));
    await runFrom(rig, "2026-05-24T00:00:00Z");

    expect(ledger.ids).toEqual(["13"]);
  });

  test("says why when a file that it must look into can't be read", async () => {
    const rig = threeDays();
    const { ledger, settle } = rig;
    let isClosed = true;

    const source = await rig.run({
      start: { at: Date.parse("2026-05-25T12:00:00+02:00") },
      files: {
        ...deafFiles,
        open: (path) =>
          isClosed && path.endsWith(".gz")
            ? { kind: "unreadable", why: "EACCES: permission denied" }
            : deafFiles.open(path),
      },
    });
    expect(source.status()).toMatchObject({ state: "unreadable" });
    isClosed = false;
    await settle();

    expect(ledger.ids).toEqual(idsFrom(8));
  });
});
