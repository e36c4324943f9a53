import { lineFilterOf, type LineFilter } from "./line-filter.ts";
import type { Policy } from "./policy.ts";
import { TOLD_LEVELS } from "./refusal-table.ts";

/** Whether no policy can want the line in `bytes` from `start` to `end`, its line end not included. */
export type Refuse = (bytes: Uint8Array, start: number, end: number) => boolean;

/**
 * Compiles the policies into a look at a line's first bytes. Wazuh's writer always begins with a 28-byte timestamp
 * and the rule's level, so the digits stand at byte 60; only a line with exactly these bytes is ever refused, and any
 * other form costs a parse, never an alert. Inside a JSON string a quote is escaped, so what stands there is the
 * first `rule` of the root and its first `level`, whatever a later part of the line repeats.
 *
 * Rules in `always` are wanted whatever the policies say.
 *
 * A refused line is not looked at further: it counts as ignored even where the rest of it would not parse.
 */
export function compileRefusal(policies: readonly Policy[], always: ReadonlySet<string> = new Set()): Refuse {
  return refusalBy(lineFilterOf(policies, always));
}

/** The same of a filter that was made elsewhere. */
export function refusalBy(filter: LineFilter): Refuse {
  const { verdicts, ids } = tabled(filter);
  return (bytes, start, end) => {
    const digitsAt = start + PREFIX_BYTES;
    if (digitsAt + 2 > end) return false;
    let level = (bytes[digitsAt] ?? 0) - ZERO;
    if (level < 0 || level > 9) return false;
    let at = digitsAt + 1;
    const second = (bytes[at] ?? 0) - ZERO;
    if (second >= 0 && second <= 9) {
      // `010` is no JSON: parsing says so and counts the line as malformed.
      if (level === 0) return false;
      level = level * 10 + second;
      at += 1;
      if (at >= end) return false;
    }
    const verdict = verdicts[level];
    if (verdict === PARSE) return false;
    const stop = bytes[at];
    if (stop !== COMMA && stop !== CLOSING_BRACE) return false;
    if (!hasPrefix(bytes, start)) return false;
    if (verdict === REFUSE) return true;
    const id = readRuleId(bytes, at, end);
    if (id < 0) return false;
    return (ids[level]?.has(id) ?? false) === (verdict === REFUSE_LISTED);
  };
}

const PARSE = 0;
const REFUSE = 1;
/** Refused unless the rule's id is listed. */
const REFUSE_OTHERS = 2;
const REFUSE_LISTED = 3;

interface Tabled {
  readonly verdicts: Uint8Array;
  readonly ids: readonly ReadonlySet<number>[];
}

function tabled({ levels }: LineFilter): Tabled {
  const sets = levels.map((level) => new Set(level.ids));
  const verdicts = new Uint8Array(TOLD_LEVELS).fill(PARSE);
  const ids: ReadonlySet<number>[] = [];
  let at = -1;
  for (let level = 0; level < TOLD_LEVELS; level += 1) {
    if (levels[at + 1]?.from === level) at += 1;
    const of = levels[at];
    if (of !== undefined) verdicts[level] = VERDICTS[of.refuse];
    ids.push(sets[at] ?? NO_IDS);
  }
  return { verdicts, ids };
}

const VERDICTS = { none: PARSE, all: REFUSE, others: REFUSE_OTHERS, listed: REFUSE_LISTED } as const;
const NO_IDS: ReadonlySet<number> = new Set();

const ID_DIGITS_MOST = 9;

const ZERO = 0x30;
const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const BEFORE_STAMP = bytesOf('{"timestamp":"');
const STAMP_BYTES = 28;
const AFTER_STAMP = bytesOf('","rule":{"level":');
const PREFIX_BYTES = BEFORE_STAMP.length + STAMP_BYTES + AFTER_STAMP.length;
const BEFORE_DESCRIPTION = bytesOf(',"description":"');
const BEFORE_ID = bytesOf('","id":"');

function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (char) => char.charCodeAt(0));
}

function hasPrefix(bytes: Uint8Array, start: number): boolean {
  if (!hasBytes(bytes, start, BEFORE_STAMP)) return false;
  const stampAt = start + BEFORE_STAMP.length;
  const stampEnd = stampAt + STAMP_BYTES;
  if (!hasBytes(bytes, stampEnd, AFTER_STAMP)) return false;
  // A quote among the 28 bytes would end the timestamp early, and a whole `rule` fits behind it.
  for (let at = stampAt; at < stampEnd; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

function hasBytes(bytes: Uint8Array, from: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i += 1) {
    if (bytes[from + i] !== wanted[i]) return false;
  }
  return true;
}

/** The rule's id where exactly a description and then a plain number stand between `from` and it; else -1. */
function readRuleId(bytes: Uint8Array, from: number, end: number): number {
  if (!hasBytes(bytes, from, BEFORE_DESCRIPTION)) return -1;
  let at = from + BEFORE_DESCRIPTION.length;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) break;
    at += byte === BACKSLASH ? 2 : 1;
  }
  if (!hasBytes(bytes, at, BEFORE_ID)) return -1;
  const idAt = at + BEFORE_ID.length;
  let id = 0;
  for (at = idAt; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at === idAt ? -1 : id;
    const digit = byte - ZERO;
    // `0504` is another id than `504`.
    if (digit < 0 || digit > 9 || at - idAt >= ID_DIGITS_MOST || (id === 0 && at > idAt)) return -1;
    id = id * 10 + digit;
  }
  return -1;
}
