import { describe, expect, test } from "vitest";
import { alertLine, createRig } from "../../test/tail/rig.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";

describe("a file that is cut off or written anew in place", () => {
  test("is read from its start again, and somebody is told", async () => {
    const { alerts, ledger, events, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1), alertLine(2));
    const source = await run();

    alerts.truncate();
    await settle();
    alerts.lines(alertLine(3));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
    expect(events).toContainEqual({ kind: "truncated", path: alerts.path });
    expect(source.status().trouble).toContain("read from its start again");
  });

  test("is noticed also when it has grown past the old place by then", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();

    alerts.truncate();
    alerts.lines(alertLine(2), alertLine(3), alertLine(4));
    await settle();

    expect(ledger.ids).toEqual(["1", "2", "3", "4"]);
  });

  test.each([["while it is followed"], ["between two runs"]])(
    "to a part of what it was, %s, is read from its start",
    async (when) => {
      const { alerts, ledger, events, run, crash, settle } = createRig();
      alerts.linkTo(MAY_26);
      alerts.lines(alertLine(1, { bytes: 400 }), alertLine(2));
      await run();
      if (when === "between two runs") crash();

      alerts.truncate(401);
      if (when === "between two runs") await run();
      await settle();

      // The Writer knows the first one and counts a duplicate.
      expect(ledger.ids).toEqual(["1", "2", "1"]);
      expect(events.map((event) => event.kind)).toContain("truncated");
    },
  );

  test("is noticed after a restart, whether it is shorter or longer than before", async () => {
    for (const lines of [1, 5]) {
      const { alerts, ledger, events, run, crash } = createRig();
      alerts.linkTo(MAY_26);
      alerts.lines(alertLine(1), alertLine(2));
      await run();
      crash();

      alerts.truncate();
      const fresh = Array.from({ length: lines }, (_, i) => `${i + 3}`);
      alerts.lines(...fresh.map((id) => alertLine(id)));
      await run();

      expect(ledger.ids).toEqual(["1", "2", ...fresh]);
      expect(events.map((event) => event.kind)).toContain("truncated");
    }
  });

  test("while nobody looked, and was left since, is read from its start before the next", async () => {
    const { alerts, ledger, events, run, crash } = createRig();
    alerts.linkTo(MAY_26);
    alerts.lines(alertLine(1));
    await run();
    crash();

    alerts.truncate();
    alerts.lines(alertLine(2));
    alerts.linkTo("2026/May/ossec-alerts-27.json");
    alerts.lines(alertLine(3));
    await run();

    expect(ledger.ids).toEqual(["1", "2", "3"]);
    expect(events.map((event) => event.kind)).toContain("truncated");
    expect(events.map((event) => event.kind)).not.toContain("gap");
  });

  test("amid a line that is too long is read from its start, not skipped", async () => {
    const { alerts, ledger, run, settle } = createRig();
    alerts.linkTo(MAY_26);
    await run({ limits: { lineBytes: 1_000 } });
    alerts.append("x".repeat(5_000));
    await settle();

    alerts.truncate();
    alerts.lines(alertLine(1));
    await settle();

    expect(ledger.ids).toEqual(["1"]);
  });
});
