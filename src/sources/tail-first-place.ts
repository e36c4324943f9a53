import { HOUR_MS, MINUTE_MS, type Instant } from "../core/time.ts";
import type { OpenFile } from "../ports/files.ts";
import { isDiskError } from "./disk-error.ts";
import { newestFirst } from "./tail-dated.ts";
import { folderOf, type ShortName } from "./tail-folder.ts";
import { BEFORE_ANY_FILE, cursorText, type TailCursor } from "./tail-cursor.ts";
import { HEAD_BYTES } from "./tail-identity.ts";
import { guarded, openNamed, openShort, startOf, type NotOpened, type Opened } from "./tail-open.ts";
import { startOfFile, type Place } from "./tail-place.ts";
import { stampOf } from "./tail-stamp.ts";

/** Where to begin in what is there when a source runs for the first time: `at` is the event time of the first line. */
export type TailStart = "end" | "beginning" | { readonly at: Instant };

export interface FirstStart extends ShortName {
  readonly start: TailStart;
}

/** The place of the very first start. */
export function firstPlace(name: FirstStart, maxLineBytes: number): Place | NotOpened {
  const { start } = name;
  if (typeof start !== "string") return placeOfTime(name, start.at);
  const opened = openShort(name);
  if (opened.kind !== "opened") return opened;
  const place = startOfFile(opened, null);
  if (start === "beginning") return place;
  return guarded(opened, () => {
    const { sizeBytes } = opened.handle.stat();
    const lineStart = startOfLastLine(opened.handle, sizeBytes, maxLineBytes);
    return { ...place, offsetBytes: lineStart ?? sizeBytes, skipping: lineStart === null };
  });
}

/**
 * Where the very first start begins, for who can't read yet and must not forget from where on nothing may be missed;
 * null where the disk won't say.
 */
export function firstCursor(name: FirstStart, maxLineBytes: number): string | null {
  const place = touching(() => firstPlace(name, maxLineBytes));
  switch (place?.kind) {
    case undefined:
    case "unreadable":
      return null;
    case "missing":
      return cursorText(placeBeforeAny(name.start));
    case "place": {
      const { opened, offsetBytes, skipping, mark, fromAt } = place;
      opened.handle.close();
      return cursorText({ file: opened.identity, offsetBytes, skipping, mark, fromAt });
    }
  }
}

function touching<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return null;
  }
}

/** The place while there is no file at all: whichever appears is read from its start. */
export function placeBeforeAny(start: TailStart): TailCursor {
  return { ...BEFORE_ANY_FILE, fromAt: typeof start === "string" ? null : start.at };
}

/** Up to so far apart may two lines be that were not written in the order of their times. */
const DISORDER_MS = MINUTE_MS;
/** Of the manager's zone from UTC. */
const ZONE_MOST_MS = 14 * HOUR_MS;

/**
 * The newest file that begins before that time, or else the oldest there is. Where in it the first line is that
 * counts, is found by reading: what is packed can't be searched otherwise, and a second for each gigabyte is spent
 * once, while halving would trust the lines to be in order to the last one.
 */
function placeOfTime(name: ShortName, at: Instant): Place | NotOpened {
  let oldest: string | null = null;
  for (const file of newestFirst(name.files, folderOf(name))) {
    oldest = file.name;
    // What its name says spares opening it.
    if (file.dayAt - ZONE_MOST_MS > at) continue;
    const opened = openNamed(name, file.name);
    if (opened.kind === "unreadable") return opened;
    if (opened.kind === "missing") continue;
    if (beginsBefore(opened, at - DISORDER_MS)) return startOfFile(opened, at);
    opened.handle.close();
  }
  const opened = oldest === null ? openShort(name) : openNamed(name, oldest);
  return opened.kind === "opened" ? startOfFile(opened, at) : opened;
}

function beginsBefore(opened: Opened, at: Instant): boolean {
  const firstAt = guarded(opened, () => stampOf(startOf(opened)(HEAD_BYTES), 0));
  return firstAt !== null && firstAt < at;
}

const BLOCK_BYTES = 64 * 1024;

/** Behind the last newline; null where there is none in all that a line may hold: the end is amid one too long. */
function startOfLastLine(handle: OpenFile, sizeBytes: number, maxLineBytes: number): number | null {
  const block = Buffer.alloc(BLOCK_BYTES);
  const lowest = Math.max(0, sizeBytes - maxLineBytes - 2);
  for (let end = sizeBytes; end > lowest; end -= BLOCK_BYTES) {
    const start = Math.max(lowest, end - BLOCK_BYTES);
    const got = handle.read(block, 0, end - start, start);
    const newline = block.subarray(0, got).lastIndexOf(10);
    if (newline !== -1) return start + newline + 1;
  }
  return lowest === 0 ? 0 : null;
}
