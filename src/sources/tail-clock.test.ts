// Somebody sets the machine's clock while a source is in the middle of something.
import { describe, expect, test } from "vitest";
import { alertLine, createRig, type Rig } from "../../test/tail/rig.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";

const MONDAY = "2026/May/ossec-alerts-25.json";
const TUESDAY = "2026/May/ossec-alerts-26.json";

async function reading(): Promise<Rig> {
  const rig = createRig();
  rig.alerts.linkTo(MONDAY);
  rig.alerts.lines(alertLine(1));
  await rig.run();
  return rig;
}

describe.each([
  ["back", -HOUR_MS],
  ["forward", HOUR_MS],
])("a clock that is set an hour %s", (_, byMs) => {
  test.each([0, 300, 700, 1_100, 1_900, 2_600])(
    "%i ms after a new day's file was made costs no line, and none of them more than seconds",
    async (ms) => {
      const rig = await reading();

      rig.alerts.lines(alertLine(2));
      rig.alerts.linkTo(TUESDAY);
      rig.alerts.lines(alertLine(3));
      await rig.clock.advance(ms);
      rig.clock.set(byMs);
      await rig.clock.advance(5 * SECOND_MS);

      expect(rig.ledger.ids).toEqual(["1", "2", "3"]);
    },
  );

  test("while the database takes nothing lets it go on as soon as it does", async () => {
    const rig = await reading();
    rig.ledger.trouble = new Error("the disk is full");
    rig.alerts.lines(alertLine(2));
    await rig.clock.advance(500);

    rig.clock.set(byMs);
    rig.ledger.trouble = null;
    await rig.clock.advance(5 * SECOND_MS);

    expect(rig.ledger.ids).toEqual(["1", "2"]);
  });

  test("does not keep the place of lines that are ignored from being stored", async () => {
    const rig = await reading();
    const { read } = rig.ledger.totals;

    rig.clock.set(byMs);
    rig.alerts.lines(alertLine(2, { level: 1 }));
    await rig.clock.advance(10 * SECOND_MS);

    expect(rig.ledger.totals.read).toBe(read + 1);
  });
});

test("a name that leads nowhere is told of within seconds, also where the clock was set back since", async () => {
  const rig = await reading();

  rig.alerts.remove("alerts.json");
  await rig.clock.advance(2 * SECOND_MS);
  rig.clock.set(-HOUR_MS);
  await rig.clock.advance(20 * SECOND_MS);

  expect(rig.events.map(({ kind }) => kind)).toContain("missing");
});
