import { expect, test } from "vitest";
import { readRetryAfter } from "./retry-after.ts";

const now = Date.UTC(2026, 7, 21, 10, 0, 0);

test.each([
  ["30", 30_000],
  [" 0 ", 0],
  ["1.5", 1_500],
  ["999999999999", 86_400_000],
  ["Fri, 21 Aug 2026 10:00:45 GMT", 45_000],
  ["Friday, 21-Aug-26 10:01:00 GMT", 60_000],
  ["Fri, 21 Aug 2026 09:00:00 GMT", 0],
  ["-5", null],
  ["soon", null],
  ["2026-08-21T10:00:45Z", null],
  ["Fri, 99 Aug 2026 10:00:45 GMT", null],
  ["", null],
  [undefined, null],
])("Retry-After %j asks for %j ms", (value, expected) => {
  expect(readRetryAfter(value, now)).toBe(expected);
});
