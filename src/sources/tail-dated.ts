import { basename, join } from "node:path";
import type { Instant } from "../core/time.ts";
import type { Files } from "../ports/files.ts";
import { isDiskError } from "./disk-error.ts";

/** One of the files that Wazuh keeps for good, and hard-links under the short name while it writes to it. */
export interface DatedFile extends DatedName {
  /** Grows in the order in which they were written. */
  readonly order: number;
  /** Midnight of its day in UTC. The manager's own midnight may be fourteen hours to either side. */
  readonly dayAt: Instant;
}

export interface DatedName {
  /** Below the folder of the short name: `2026/May/ossec-alerts-26-001.json`. */
  readonly name: string;
  /** Only the packed copy is left (`.json.gz`). */
  readonly packed: boolean;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const PACKED = ".gz";
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
  return placeInTime(name)?.order ?? null;
}

/** Where the file is that bears the name, or what was made of it. */
export function pathOf(folder: string, { name, packed }: DatedName): string {
  return join(folder, packed ? `${name}${PACKED}` : name);
}

function placeInTime(name: string): Pick<DatedFile, "order" | "dayAt"> | null {
  const [year = "", monthName = "", file = "", ...more] = name.split("/");
  const [match, day, part = "0"] = FILE_NAME.exec(file) ?? [];
  const month = MONTHS.indexOf(monthName);
  if (match === undefined || !/^\d{4}$/.test(year) || month === -1 || more.length > 0) return null;
  return {
    order: ((Number(year) * 12 + month) * 32 + Number(day)) * 1_000_000 + Number(part),
    dayAt: Date.UTC(Number(year), month, Number(day)),
  };
}

/** The dated name of an inode; null where it has none among the newest, or where nobody may look. */
export function datedNameOf(files: Files, folder: string, inode: string): string | null {
  try {
    return nameAmongNewest(files, folder, inode);
  } catch (error) {
    // The short name can be followed without. Any other refusal is over in a while, and the name then found.
    if (isDiskError(error) && (error.code === "EACCES" || error.code === "EPERM")) return null;
    throw error;
  }
}

function nameAmongNewest(files: Files, folder: string, inode: string): string | null {
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
    const place = placeInTime(name);
    if (place === null) continue;
    const packed = file.endsWith(PACKED);
    // While it is being packed both are there, and the plain one is still whole.
    if (packed && found.has(place.order)) continue;
    found.set(place.order, { name: packed ? name.slice(0, -PACKED.length) : name, packed, ...place });
  }
  yield* [...found.values()].toSorted((a, b) => b.order - a.order);
}
