import { join } from "node:path";
import { expect, test } from "vitest";
import { diskFiles } from "../ports/disk-files.ts";
import { AlertsFolder } from "../../test/tail/alerts-folder.ts";
import { datedNameOf, newestFirst, orderOf } from "./tail-dated.ts";

const IN_ORDER = [
  "2025/Feb/ossec-alerts-28.json",
  "2025/Dec/ossec-alerts-31.json",
  "2025/Dec/ossec-alerts-31-001.json",
  "2026/Jan/ossec-alerts-01.json",
  "2026/Apr/ossec-alerts-30-999.json",
  "2026/Apr/ossec-alerts-30-1000.json",
  "2026/Aug/ossec-alerts-02.json",
];

function folderWith(...names: readonly string[]): AlertsFolder {
  const alerts = new AlertsFolder();
  for (const name of names) alerts.linkTo(name);
  return alerts;
}

test("dated files are told newest first, by date and then by number", () => {
  const { folder } = folderWith(...IN_ORDER.toReversed());

  expect([...newestFirst(diskFiles, folder)].map((file) => file.name)).toEqual(IN_ORDER.toReversed());
});

test("what is no alerts file is not among them", () => {
  const alerts = folderWith(
    "2026/May/ossec-alerts-26.json",
    "2026/May/ossec-alerts-26.log",
    "2026/May/ossec-alerts-26.json.sum",
    "2026/May/ossec-archive-26.json",
    "2026/Mai/ossec-alerts-26.json",
    "old/May/ossec-alerts-26.json",
  );

  expect([...newestFirst(diskFiles, alerts.folder)].map((file) => file.name)).toEqual([
    "2026/May/ossec-alerts-26.json",
  ]);
  expect(orderOf("2026/Mai/ossec-alerts-26.json")).toBeNull();
  expect(orderOf("ossec-alerts-26.json")).toBeNull();
});

test("a packed file keeps its place under its plain name, until which both are there the plain one counts", () => {
  const alerts = folderWith(...IN_ORDER);
  alerts.pack("2026/Jan/ossec-alerts-01.json");
  alerts.append("packing", "2025/Dec/ossec-alerts-31.json.gz");

  const found = [...newestFirst(diskFiles, alerts.folder)];
  expect(found.map((file) => file.name)).toEqual(IN_ORDER.toReversed());
  expect(found.filter((file) => file.packed).map((file) => file.name)).toEqual(["2026/Jan/ossec-alerts-01.json"]);
});

test("an inode has the dated name under which it is still there", () => {
  const alerts = folderWith(...IN_ORDER);
  const inode = diskFiles.stat(join(alerts.folder, "2025/Dec/ossec-alerts-31.json"))?.inode ?? "";

  expect(datedNameOf(diskFiles, alerts.folder, inode)).toBe("2025/Dec/ossec-alerts-31.json");
  expect(datedNameOf(diskFiles, alerts.folder, "0:0")).toBeNull();
});
