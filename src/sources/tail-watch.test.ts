import { expect, onTestFinished, test } from "vitest";
import { systemClock, type Clock } from "../ports/clock.ts";
import { diskFiles } from "../ports/disk-files.ts";
import { AlertsFolder } from "../../test/tail/alerts-folder.ts";
import { Ledger } from "../../test/tail/ledger.ts";
import { alertLine, levelJudge } from "../../test/tail/rig.ts";
import type { Source } from "./source.ts";
import { createTail } from "./tail.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";

/** Looks by the clock so seldom that only a watch can bring anything. */
function followByWatch(alerts: AlertsFolder, ledger: Ledger, clock: Clock = systemClock): Source {
  const hour = 3_600_000;
  const source = createTail({
    name: "wazuh",
    path: alerts.path,
    start: "end",
    files: diskFiles,
    clock,
    accept: ledger.accept,
    judge: levelJudge,
    limits: { busyLookMs: hour, idleLookMs: hour, leaveMs: 20 },
  });
  onTestFinished(() => source.drain());
  source.start(null);
  return source;
}

async function arrived(ledger: Ledger, id: string): Promise<void> {
  while (!ledger.ids.includes(id)) await ledger.arrival();
}

test("an appended line arrives by a watch on the file, written under whatever name", async () => {
  const alerts = new AlertsFolder();
  const ledger = new Ledger();
  alerts.linkTo(MAY_26);
  followByWatch(alerts, ledger);
  await ledger.arrival();

  alerts.lines(alertLine(1));
  await arrived(ledger, "1");
  alerts.lines(alertLine(2));
  await arrived(ledger, "2");

  expect(ledger.ids).toEqual(["1", "2"]);
});

test("a new file arrives by a watch on the folder, and what is written to it by one on the file", async () => {
  const alerts = new AlertsFolder();
  const ledger = new Ledger();
  alerts.linkTo(MAY_26);
  followByWatch(alerts, ledger);
  await ledger.arrival();

  alerts.linkTo(MAY_27);
  alerts.lines(alertLine(1));
  await arrived(ledger, "1");
  alerts.lines(alertLine(2));
  await arrived(ledger, "2");

  expect(ledger.ids).toEqual(["1", "2"]);
});

test("a file that did not exist arrives by a watch on its folder", async () => {
  const alerts = new AlertsFolder();
  const ledger = new Ledger();
  followByWatch(alerts, ledger);
  await ledger.arrival();

  alerts.linkTo(MAY_26);
  alerts.lines(alertLine(1));
  await arrived(ledger, "1");

  expect(ledger.ids).toEqual(["1"]);
});
