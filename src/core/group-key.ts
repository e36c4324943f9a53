import type { Alert } from "./alert.ts";
import { digestOf } from "./digest.ts";
import { fieldReader, textOfValue } from "./fields.ts";
import type { PolicyTerms } from "./snapshot.ts";

/** Longer values are cut, so that one hostile field can't fill the index that keeps incidents apart. */
export const GROUP_VALUE_CHARS = 256;
/** What all values together may take of that index: PostgreSQL's takes 2,704 bytes with all that is in it. */
export const GROUP_KEY_BYTES = 2_000;
/** What JSON makes of one character at most, and of a digest with what stands around it. */
const CHARACTER_BYTES = 6;
const DIGEST_BYTES = 23;

/** What an alert has in common with the others of its incident: the values of the fields, as a JSON array. */
export function groupKeyOf(alert: Pick<Alert, "document">, groupBy: readonly string[]): string {
  return groupKeyReader(groupBy)(alert);
}

/** What may be asked for a key; without its identity an alert is known by what its document says of it. */
export type Keyed = Pick<Alert, "document"> & Partial<Pick<Alert, "identity">>;

/** The same for many alerts of a policy. */
export function keyReaderOf({ groupBy, onePerAlert }: Pick<PolicyTerms, "groupBy" | "onePerAlert">) {
  return onePerAlert === true ? loneKeyReader(groupBy) : groupKeyReader(groupBy);
}

/**
 * The key where each alert is an incident of its own: an alert without an `id` has the one that its identity was given
 * from its bytes, or all of a moment would be one.
 */
function loneKeyReader(groupBy: readonly string[]): (alert: Keyed) => string {
  const readers = groupBy.map(fieldReader);
  const idAt = groupBy.indexOf("id");
  return (alert) => {
    const written = readers.map((read) => textOfValue(read(alert)));
    const { identity } = alert;
    return keyOf(identity === undefined || idAt === -1 ? written : written.with(idAt, identity.nativeId));
  };
}

/** The same for many alerts. */
export function groupKeyReader(groupBy: readonly string[]): (alert: Pick<Alert, "document">) => string {
  const readers = groupBy.map(fieldReader);
  return (alert) => keyOf(readers.map((read) => textOfValue(read(alert))));
}

function keyOf(values: readonly (string | null)[]): string {
  const key = JSON.stringify(values.map((value) => capped(value, GROUP_VALUE_CHARS)));
  if (key.length * 3 <= GROUP_KEY_BYTES || utf8Bytes(key) <= GROUP_KEY_BYTES) return key;
  const chars = Math.floor((GROUP_KEY_BYTES / values.length - DIGEST_BYTES) / CHARACTER_BYTES);
  return JSON.stringify(values.map((value) => capped(value, Math.max(0, chars))));
}

/** The digest keeps two values apart that differ only after the cut. */
function capped(value: string | null, chars: number): string | null {
  if (value === null || value.length <= chars) return value;
  return `${value.slice(0, chars)}…${digestOf(value)}`;
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
