import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { alertLine, deafFiles, stoppedIn, type Rig } from "../../test/tail/rig.ts";
import type { Files } from "../ports/files.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";
const MAY_28 = "2026/May/ossec-alerts-28.json";

describe("a packed file that is damaged", () => {
  async function damaged(change: (packed: Buffer) => Buffer): Promise<Rig> {
    const rig = await stoppedIn(MAY_26);
    const { alerts, run } = rig;
    alerts.linkTo(MAY_27);
    alerts.lines(...Array.from({ length: 200 }, (_, i) => alertLine(i + 2, { bytes: 400 })));
    alerts.linkTo(MAY_28);
    alerts.lines(alertLine(900));
    alerts.pack(MAY_27);
    writeFileSync(rig.alerts.packed(MAY_27), change(readFileSync(rig.alerts.packed(MAY_27))));
    await run();
    return rig;
  }

  test("in its checksum is read in full, that is told, and the next one is read", async () => {
    const rig = await damaged((packed) => {
      packed[packed.length - 6]! ^= 1;
      return packed;
    });

    expect(rig.ledger.ids).toEqual([...Array.from({ length: 201 }, (_, i) => `${i + 1}`), "900"]);
    expect(rig.events).toContainEqual({
      kind: "damaged",
      path: rig.alerts.packed(MAY_27),
      why: "incorrect data check",
    });
    expect(rig.ledger.totals).toMatchObject({ malformed: 0 });
  });

  test("because it is cut off is read as far as it goes; the half line is counted, and the next file is read", async () => {
    const rig = await damaged((packed) => packed.subarray(0, packed.length / 2));
    const { ledger, events } = rig;

    expect(ledger.ids.length).toBeGreaterThan(20);
    expect(ledger.ids.at(-1)).toBe("900");
    const { read, malformed, kept } = ledger.totals;
    expect(malformed).toBeLessThanOrEqual(1);
    expect(read).toBe(kept + malformed);
    expect(events.filter((event) => event.kind === "damaged")).toEqual([
      { kind: "damaged", path: rig.alerts.packed(MAY_27), why: "unexpected end of file" },
    ]);
  });

  test("from its first byte is told, and the next one is read", async () => {
    const rig = await damaged(() => Buffer.from("never packed"));

    expect(rig.ledger.ids).toEqual(["1", "900"]);
    expect(rig.events.map((event) => event.kind)).toContain("damaged");
  });

  test("is told of in the status, with what becomes of its alerts", async () => {
    const { alerts, run } = await stoppedIn(MAY_26);
    alerts.linkTo(MAY_27);
    alerts.linkTo(MAY_28);
    writeFileSync(alerts.packed(MAY_27), "never packed");
    alerts.remove(MAY_27);

    const source = await run();

    expect(source.status()).toMatchObject({ state: "at_end" });
    expect(source.status().trouble).toContain(`${MAY_27}.gz is damaged: incorrect header check`);
  });
});

test("a packed file that the disk fails to read is tried again, and nothing of it is lost or read twice", async () => {
  const { alerts, ledger, run, settle } = await stoppedIn(MAY_26);
  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(2), alertLine(3));
  alerts.linkTo(MAY_28);
  alerts.pack(MAY_27);
  let fails = true;
  const files: Files = {
    ...deafFiles,
    open(path) {
      const file = deafFiles.open(path);
      if (file.kind !== "open" || !path.endsWith(".gz")) return file;
      return {
        ...file,
        read(into, offset, length, position) {
          if (fails) throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
          return file.read(into, offset, length, position);
        },
      };
    },
  };

  const source = await run({ files });
  expect(source.status()).toMatchObject({ state: "unreadable" });
  fails = false;
  await settle();

  expect(ledger.ids).toEqual(["1", "2", "3"]);
  expect(source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
});
