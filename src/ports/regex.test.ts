import { expect, test } from "vitest";
import { re2 } from "./regex.ts";

const cases: readonly [pattern: string, text: string, found: boolean][] = [
  ["abc", "xxabcxx", true],
  ["^abc$", "xxabc", false],
  ["(?i)MIMIKATZ", "mimikatz.exe", true],
  ["a\\/b", "a/b", true],
  ["\\d{1,3}\\.\\d", "10.2", true],
  ["^.$", "😀", true],
  ["", "", true],
];

test.each(cases)("/%s/ in %s: %s", (pattern, text, found) => {
  expect(re2.compile(pattern)(text)).toBe(found);
});

test("one pattern can be asked again and again", () => {
  const isFound = re2.compile("a+");

  expect([isFound("a"), isFound("b"), isFound("aa")]).toEqual([true, false, true]);
});

test.each(["a(b", "(?=a)", "\\1", "(?<!a)b"])("%s is no pattern", (pattern) => {
  expect(() => re2.compile(pattern)).toThrow();
});

test("a text made to drive a backtracking engine mad is judged at once", () => {
  const isFound = re2.compile("(x+x+)+y");
  const beganAt = performance.now();

  expect(isFound("x".repeat(8_192))).toBe(false);

  expect(performance.now() - beganAt).toBeLessThan(500);
});
