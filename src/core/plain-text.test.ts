import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutPlainLine, cutPlainText, cutText, plainLine, plainText } from "./plain-text.ts";

describe("text of others made plain", () => {
  test.each([
    ["as it is", "as it is"],
    ["Größe 東京 🙂\tx", "Größe 東京 🙂\tx"],
    ["a\r\nb\rc\u2028d", "a\nb\nc\nd"],
    ["a\u0000b\u001b[31mred\u007f\u009b", "ab[31mred"],
    ["half \ud83d pair", "half \ufffd pair"],
    ["gpj\u202eexe.scr", "gpj[U+202E]exe.scr"],
    ["ad\u200bmin\ufeff", "ad[U+200B]min[U+FEFF]"],
    ["tag\u{e0041}", "tag[U+E0041]"],
    [
      "a sign \u0601 before a number, and none at all \uffff",
      "a sign [U+0601] before a number, and none at all [U+FFFF]",
    ],
  ])("%j becomes %j", (given, expected) => {
    expect(plainText(given)).toBe(expected);
  });

  test("a line has no line breaks, tabs or runs of spaces", () => {
    expect(plainLine("  one\r\n\r\ntwo\tthree  ")).toBe("one two three");
  });

  test("what was cut says so and how much there was", () => {
    expect(cutText("a".repeat(2_000), 60)).toBe(`${"a".repeat(27)} … [cut: 2,000 characters in all]`);
    expect(cutText("short", 60)).toBe("short");
  });

  test("a cut never halves a character", () => {
    expect(cutText("🙂".repeat(100), 61).isWellFormed()).toBe(true);
  });

  test("whatever comes in, what comes out is plain, well-formed and within its limit", () => {
    const anything = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), wild());
    fc.assert(
      fc.property(anything, fc.integer({ min: 60, max: 200 }), (text, most) => {
        for (const shown of [cutPlainText(text, most), cutPlainLine(text, most)]) {
          expect(shown.length).toBeLessThanOrEqual(most);
          expect(shown.isWellFormed()).toBe(true);
          expect(plainText(shown)).toBe(shown);
        }
        expect(cutPlainLine(text, most)).not.toMatch(/[\n\t]/);
      }),
    );
  });
});

function wild(): fc.Arbitrary<string> {
  const units = fc.constantFrom("\u202e", "\u200b", "\ud83d", "\ude00", "\u0000", "\r\n", "a", " ", "\u{e0041}");
  return fc.array(units, { maxLength: 300 }).map((parts) => parts.join(""));
}
