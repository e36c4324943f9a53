import { basename, join } from "node:path";
import type { Files } from "../ports/files.ts";

/** One of the files that Wazuh keeps for good, and hard-links under the short name while it writes to it. */
export interface DatedFile {
  /** Below the folder of the short name: `2026/May/ossec-alerts-26-001.json`. */
  readonly name: string;
  /** Grows in the order in which they were written. */
  readonly order: number;
  /** Only the packed copy is left (`.json.gz`). */
  readonly packed: boolean;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const FILE_NAME = /^ossec-alerts-(\d\d)(?:-(\d{1,6}))?\.json(\.gz)?$/;

/** Lists a folder only when it comes to it: a caller that has seen enough costs the disk nothing more. */
export function* newestFirst(files: Files, folder: string): Generator<DatedFile> {
  const years = files.list(folder).filter((name) => /^\d{4}$/.test(name));
  for (const year of years.toSorted().toReversed()) {
    const months = files.list(join(folder, year)).filter((name) => MONTHS.includes(name));
    for (const month of months.toSorted((a, b) => MONTHS.indexOf(b) - MONTHS.indexOf(a))) {
      yield* ofMonth(files, folder, `${year}/${month}`);
    }
  }
}

export function orderOf(name: string): number | null {
  const [year = "", month = "", file = ""] = name.split("/");
  const [match, day, part = "0"] = FILE_NAME.exec(file) ?? [];
  if (match === undefined || !/^\d{4}$/.test(year) || !MONTHS.includes(month)) return null;
  return ((Number(year) * 12 + MONTHS.indexOf(month)) * 32 + Number(day)) * 1_000_000 + Number(part);
}

/** The dated name of an inode; null where it has none among the newest. */
export function datedNameOf(files: Files, folder: string, inode: string): string | null {
  let looked = 0;
  for (const { name, packed } of newestFirst(files, folder)) {
    if (packed) continue;
    if (files.stat(join(folder, name))?.inode === inode) return name;
    looked += 1;
    if (looked === MOST_LOOKED_AT) return null;
  }
  return null;
}

/** A file that was current when it was opened is the newest, or nearly. */
const MOST_LOOKED_AT = 400;

function* ofMonth(files: Files, folder: string, month: string): Generator<DatedFile> {
  const found = new Map<number, DatedFile>();
  for (const file of files.list(join(folder, month))) {
    const name = `${month}/${basename(file)}`;
    const order = orderOf(name);
    if (order === null) continue;
    const packed = file.endsWith(".gz");
    // While it is being packed both are there, and the plain one is still whole.
    if (!packed || !found.has(order)) found.set(order, { name: packed ? name.slice(0, -3) : name, order, packed });
  }
  yield* [...found.values()].toSorted((a, b) => b.order - a.order);
}
