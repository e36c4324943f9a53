import { expect, onTestFinished, test } from "vitest";
import { systemClock, type Clock } from "../ports/clock.ts";
import { diskFiles } from "../ports/disk-files.ts";
import { AlertsFolder } from "../../test/tail/alerts-folder.ts";
import { Ledger } from "../../test/tail/ledger.ts";
import { alertLine, levelJudge } from "../../test/tail/rig.ts";
import type { Source } from "./source.ts";
import { gunzip } from "../ports/gunzip.ts";
import { createTail } from "./tail.ts";

const MAY_26 = "2026/May/ossec-alerts-26.json";
const MAY_28 = "2026/May/ossec-alerts-28.json";
const MAY_27 = "2026/May/ossec-alerts-27.json";

/** Looks by the clock so seldom that only a watch can bring anything. */
function followByWatch(alerts: AlertsFolder, ledger: Ledger, clock: Clock = systemClock): Source {
  const hour = 3_600_000;
  const source = createTail({
    name: "wazuh",
    path: alerts.path,
    start: "end",
    files: diskFiles,
    unpack: gunzip,
    clock,
    accept: ledger.accept,
    judge: levelJudge,
    limits: { busyLookMs: hour, idleLookMs: hour, leaveMs: 20 },
  });
  onTestFinished(() => source.drain());
  source.start(ledger.cursor);
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

test("days that were packed meanwhile are unpacked from where one stood, and the live file comes after them", async () => {
  const alerts = new AlertsFolder();
  const ledger = new Ledger();
  alerts.linkTo(MAY_26);
  const before = followByWatch(alerts, ledger);
  await ledger.arrival();
  alerts.lines(alertLine(1));
  await arrived(ledger, "1");
  await before.drain();
  const ids = Array.from({ length: 6_000 }, (_, i) => `${i + 2}`);
  alerts.lines(...ids.slice(0, 3_000).map((id) => alertLine(id, { bytes: 600 })));
  alerts.linkTo(MAY_27);
  alerts.lines(...ids.slice(3_000, 5_999).map((id) => alertLine(id, { bytes: 600 })));
  alerts.linkTo(MAY_28);
  for (const file of [MAY_26, MAY_27]) alerts.pack(file);
  alerts.lines(...ids.slice(5_999).map((id) => alertLine(id)));

  const after = followByWatch(alerts, ledger);
  await arrived(ledger, "6001");

  expect(ledger.ids).toEqual(["1", ...ids]);
  expect(ledger.totals).toMatchObject({ read: 6_001, malformed: 0 });
  expect(after.status()).toMatchObject({ state: "at_end", trouble: null });
});
