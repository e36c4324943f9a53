import { expect, test } from "vitest";
import { jsonText } from "./print.ts";

test("what JSON leaves as it is and a terminal would obey is written as an escape, and reads back the same", () => {
  const data = { raw: "\u001b[2J\u009b31m\u202eevil\u{e0041} é … 😀\u2028", n: [1, null] };

  const text = jsonText(data);

  expect(text).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u{e0000}-\u{e0fff}]*$/u);
  expect(text).toContain("é … 😀");
  expect(JSON.parse(text)).toEqual(data);
});
