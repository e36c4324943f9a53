import type { Instant } from "../core/time.ts";

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Wazuh's `2022-05-11T12:29:19.905+0000`, also with a colon in the offset, with `Z`, and with any fraction or none.
 * By hand, since `Date` reads other texts differently from one runtime to the next and guesses a zone where none is.
 */
export function instantOf(stamp: string): Instant | null {
  if (stamp.length < 20 || stamp.length > 40) return null;
  if (stamp[4] !== "-" || stamp[7] !== "-" || stamp[10] !== "T" || stamp[13] !== ":" || stamp[16] !== ":") return null;
  const year = digits(stamp, 0, 4);
  const month = digits(stamp, 5, 2);
  const day = digits(stamp, 8, 2);
  const hour = digits(stamp, 11, 2);
  const minute = digits(stamp, 14, 2);
  const second = digits(stamp, 17, 2);
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return null;
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return null;

  let zoneStart = 19;
  let milliseconds = 0;
  if (stamp[19] === ".") {
    for (zoneStart = 20; isDigit(stamp, zoneStart); zoneStart += 1) {
      if (zoneStart < 23) milliseconds = milliseconds * 10 + (stamp.charCodeAt(zoneStart) - 48);
    }
    if (zoneStart === 20) return null;
    for (let places = zoneStart - 20; places < 3; places += 1) milliseconds *= 10;
  }
  const offset = offsetMinutes(stamp, zoneStart);
  if (offset === null) return null;
  return Date.UTC(year, month - 1, day, hour, minute - offset, second, milliseconds);
}

/** `Z`, `+0000`, `+00:00`; null for anything else, and for none: a time without a zone is no instant. */
function offsetMinutes(stamp: string, start: number): number | null {
  const sign = stamp[start];
  if (sign === "Z") return stamp.length === start + 1 ? 0 : null;
  if (sign !== "+" && sign !== "-") return null;
  const minutesStart = stamp[start + 3] === ":" ? start + 4 : start + 3;
  if (stamp.length !== minutesStart + 2) return null;
  const hours = digits(stamp, start + 1, 2);
  const minutes = digits(stamp, minutesStart, 2);
  if (!(hours <= 15 && minutes <= 59)) return null;
  return (sign === "-" ? -1 : 1) * (hours * 60 + minutes);
}

/** NaN where one of them is no digit, which no comparison passes. */
function digits(text: string, start: number, count: number): number {
  let value = 0;
  for (let i = start; i < start + count; i += 1) {
    if (!isDigit(text, i)) return Number.NaN;
    value = value * 10 + (text.charCodeAt(i) - 48);
  }
  return value;
}

function isDigit(text: string, i: number): boolean {
  const code = text.charCodeAt(i);
  return code >= 48 && code <= 57;
}

function daysOf(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
}
