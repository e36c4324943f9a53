import type { Instant } from "../core/time.ts";
import { didYouMean } from "./nearest.ts";

/** Where to begin in what is there when a source runs for the first time: `at` is the event time of the first line. */
export type StartConfig = "end" | "beginning" | { readonly at: Instant };

const EXAMPLE = '"2026-11-20T10:00:00Z"';
const WORDS = ["end", "beginning"] as const;
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/;

/** Of a text in which nothing is wrong. */
export function readStart(text: string): StartConfig {
  return isWord(text) ? text : { at: Date.parse(text) };
}

/** What is wrong with it; null where nothing is. */
export function startTrouble(text: string): string | null {
  if (isWord(text)) return null;
  const [, year, month, day, , , , , zone] = TIME.exec(text) ?? [];
  if (year === undefined) return startExpected(didYouMean(text, WORDS));
  if (zone === undefined)
    return `this time has no zone. Write Z for UTC or an offset such as +01:00. Example: ${EXAMPLE}`;
  // A day that a month does not have is counted on into the next one.
  const isInMonth = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  if (!isInMonth || Number.isNaN(Date.parse(text))) return `there is no such time. Example: ${EXAMPLE}`;
  return null;
}

export function startExpected(meant: string): string {
  return `expected end, beginning or a time with its zone${meant === "" ? `. Example: ${EXAMPLE}` : meant}`;
}

function isWord(text: string): text is (typeof WORDS)[number] {
  return (WORDS as readonly string[]).includes(text);
}
