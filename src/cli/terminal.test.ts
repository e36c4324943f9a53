import { expect, test } from "vitest";
import { plain, table, widthOf } from "./terminal.ts";
import { ago, bytes, counted, duration, instant } from "./words.ts";

test("columns line up whatever is in them, and nothing in them breaks the line", () => {
  const text = table(
    ["A", "NAME", "REASON"],
    [
      ["1", "日本", "x\ny"],
      ["22", "é\u0301", ""],
    ],
    plain,
  );

  expect(text).toBe("A   NAME  REASON\n1   日本  x\\x0ay\n22  é\u0301\n");
});

test.each([
  ["abc", 3],
  ["日本", 4],
  ["🦊", 2],
  ["e\u0301", 1],
])("%s takes %i cells", (text, cells) => {
  expect(widthOf(text)).toBe(cells);
});

test.each([
  [0, "less than a second"],
  [1_000, "1 s"],
  [61_000, "1 min 1 s"],
  [3_600_000, "1 h"],
  [93_600_000, "1 d 2 h"],
])("%i ms are %s", (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test("numbers and instants are as a reader wants them", () => {
  expect(ago(1_000, 1_500)).toBe("just now");
  expect(ago(1_000, 6_000)).toBe("5 s ago");
  expect(instant(Date.UTC(2026, 10, 23, 7, 12, 31, 999))).toBe("2026-11-23 07:12:31Z");
  expect(counted(1, "policy", "policies")).toBe("1 policy");
  expect(counted(2_000, "policy", "policies")).toBe("2,000 policies");
  expect(bytes(1)).toBe("1 byte");
  expect(bytes(1536)).toBe("1.5 KiB");
});
