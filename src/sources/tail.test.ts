import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { alertLine, createRig } from "../../test/tail/rig.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";

test("the first start at the end takes what is appended later and nothing before, and stores its place at once", async () => {
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

test("a line that is half written at the first start is read once it is whole", async () => {
  const { alerts, ledger, run, settle } = createRig();
  alerts.linkTo(MAY_26);
  const line = alertLine(2);
  alerts.append(`${alertLine(1)}\n${line.slice(0, 40)}`);

  await run({ start: "end" });
  alerts.append(`${line.slice(40)}\n`);
  await settle();

  expect(ledger.ids).toEqual(["2"]);
});

test("the first start at the beginning takes all that is there", async () => {
  const { alerts, ledger, run } = createRig();
  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1), alertLine(2, { level: 3 }), alertLine(3));

  await run({ start: "beginning" });

  expect(ledger.ids).toEqual(["1", "3"]);
  expect(ledger.totals).toEqual({ read: 3, ignored: 1, malformed: 0, kept: 2 });
  void readFileSync;
});
