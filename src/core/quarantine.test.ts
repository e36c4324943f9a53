import { expect, test } from "vitest";
import { keptOfLine, ordinalInSlot, QUARANTINE_LINE_BYTES, QUARANTINE_ROWS, quarantineSlot } from "./quarantine.ts";

test("the nth malformed line is found again in its slot until it is overwritten", () => {
  for (const malformed of [0, 1, 99, 100, 101, 250, 12_345]) {
    const kept = Array.from({ length: QUARANTINE_ROWS }, (_, slot) => ordinalInSlot(slot, malformed));
    const expected = Array.from({ length: Math.min(malformed, QUARANTINE_ROWS) }, (_, i) => malformed - i);

    expect(kept.filter((ordinal) => ordinal !== null).toSorted((a, b) => b - a)).toEqual(expected);
    for (const ordinal of expected) expect(kept[quarantineSlot(ordinal)]).toBe(ordinal);
  }
});

test.each([
  ["short", "{half", "{half"],
  ["just short enough", "x".repeat(QUARANTINE_LINE_BYTES), "x".repeat(QUARANTINE_LINE_BYTES)],
  ["one byte too long", "x".repeat(QUARANTINE_LINE_BYTES + 1), "x".repeat(QUARANTINE_LINE_BYTES)],
  ["cut amid a character", `x${"ü".repeat(QUARANTINE_LINE_BYTES)}`, `x${"ü".repeat(QUARANTINE_LINE_BYTES / 2 - 1)}`],
  ["cut amid a pair", `x${"😀".repeat(QUARANTINE_LINE_BYTES)}`, `x${"😀".repeat(QUARANTINE_LINE_BYTES / 4 - 1)}`],
])("of a line that is %s as much is kept as there is room for, in whole characters", (_, line, kept) => {
  expect(keptOfLine(line)).toBe(kept);
});
