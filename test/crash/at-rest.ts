import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A forwarder and whoever takes what it sends, while they catch up. */
export interface CatchingUp {
  readonly written: number;
  readonly kept: () => number;
  /** Up to when the forwarder says that it has read and sent everything; null: it has said nothing yet. */
  readonly readTo: () => number | null;
  readonly isAlive: () => boolean;
}

const LOOK_EVERY_MS = 50;
/** A machine that is busy with others is slow; one where nothing moves for so long has something that hangs. */
const HANGS_AFTER_MS = 120_000;
/** Once is what may have been said of lines that were sent again. */
const SAID_AT_LEAST = 2;

/**
 * Waits for as long as something moves. Null: everything is there. Else what shows that it never will be: it is the
 * forwarder's own word, and no clock's, that says of a line that it is not coming.
 */
export async function untilCaughtUp({ written, kept, readTo, isAlive }: CatchingUp): Promise<string | null> {
  const sinceAt = Date.now();
  let [keptBefore, readToBefore, movedAt, said] = [-1, null as number | null, sinceAt, 0];
  for (;;) {
    const [count, claim] = [kept(), readTo()];
    if (count >= written) return null;
    if (count !== keptBefore) [keptBefore, movedAt, said] = [count, Date.now(), 0];
    if (claim !== readToBefore) {
      [readToBefore, movedAt] = [claim, Date.now()];
      if (claim !== null && claim >= sinceAt) said += 1;
    }
    if (said >= SAID_AT_LEAST) return "it says that it has read and sent everything";
    if (!isAlive()) return "it has ended by itself";
    if (Date.now() - movedAt > HANGS_AFTER_MS) return `nothing has moved for ${HANGS_AFTER_MS / 1_000} s`;
    await wait(LOOK_EVERY_MS);
  }
}

/** For whoever looks for why: which did not come, the place that is kept, and the files as they lie there. */
export function whatIsThere(home: string, written: number, came: ReadonlySet<number>): string {
  const missing = Array.from({ length: written }, (_, i) => i + 1).filter((id) => !came.has(id));
  const files = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path.slice(home.length + 1)} ${statSync(path).ino} ${statSync(path).size}`);
  return [
    `missing: ${rangesOf(missing)}`,
    `kept place: ${textOf(join(home, "state", "cursor.json"))}`,
    `files (inode, bytes): ${files.join(", ")}`,
  ].join("\n      ");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    return `none (${(error as NodeJS.ErrnoException).code})`;
  }
}

function rangesOf(numbers: readonly number[]): string {
  const starts = numbers.filter((each, at) => numbers[at - 1] !== each - 1);
  const ends = numbers.filter((each, at) => numbers[at + 1] !== each + 1);
  return starts.map((from, at) => (from === ends[at] ? `${from}` : `${from}-${ends[at]}`)).join(", ");
}
