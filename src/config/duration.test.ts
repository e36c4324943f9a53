import { expect, test } from "vitest";
import { durationField, parseDuration } from "./duration.ts";

const cases: readonly [text: string, ms: number | null][] = [
  ["30s", 30_000],
  ["30m", 1_800_000],
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["0s", 0],
  ["30", null],
  ["m", null],
  ["1h30m", null],
  ["1.5h", null],
  ["-1h", null],
  ["1 h", null],
  ["7D", null],
  ["1w", null],
  ["9999999999s", null],
];

test.each(cases)("%s is %s ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test("a duration has its least and its most", () => {
  const field = durationField({ leastMs: 1_000, example: "30m" });

  expect(field.safeParse("0s").error?.issues[0]?.message).toBe("too short: at least 1s");
  expect(field.safeParse("3651d").error?.issues[0]?.message).toBe("too long: at most 3650d");
  expect(field.parse("3650d")).toBe(3_650 * 86_400_000);
});
