import { expect, test } from "vitest";
import { visible, visibleJson } from "./visible.ts";

const cases: readonly [shown: string, text: string][] = [
  ["plain ünïcode 日本 🦊", "plain ünïcode 日本 🦊"],
  ["\\x1b[31mred", "\u001b[31mred"],
  ["one\\x0atwo\\x0d\\x09three", "one\ntwo\r\tthree"],
  ["\\x9b2J", "\u009b2J"],
  ["\\u202eevil", "\u202eevil"],
  ["a\\u200bb", "a\u200bb"],
  ["\\ud800!", "\ud800!"],
  ["\\ue0041", "\u{e0041}"],
  ["\\x00\\x7f", "\u0000\u007f"],
];

test.each(cases)("it is shown as %j", (shown, text) => {
  expect(visible(text)).toBe(shown);
});

test("a line of JSON made visible is the same JSON, and nothing in it moves the cursor or turns the text", () => {
  const value = { text: "a\u009b2J\u202eb\u{e0041}\u007f" };

  const line = visibleJson(JSON.stringify(value));

  expect(line).toMatch(/^[ -~]*$/);
  expect(JSON.parse(line)).toEqual(value);
});
