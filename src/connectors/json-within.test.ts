import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonWithin } from "./json-within.ts";

test("a document that is short and sound is written as it is", () => {
  const document = { a: [1, "two", null, true], b: { c: "C:\\udir\\x" } };
  expect(jsonWithin(document, 1_000)).toEqual({ text: JSON.stringify(document), shortened: false });
});

test("half a surrogate pair, also in a name, becomes the sign for it", () => {
  expect(jsonWithin({ "x\ud83d": "y\ude00" }, 1_000)).toEqual({ text: '{"x\ufffd":"y\ufffd"}', shortened: false });
});

test("a name that would be a prototype stays a name", () => {
  const polluting: unknown = JSON.parse('{"__proto__":{"a":1},"b":"\\ud800"}');
  expect(jsonWithin(polluting, 1_000).text).toBe('{"__proto__":{"a":1},"b":"\ufffd"}');
});

test("nesting without end is cut where nobody would read on", () => {
  const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  const { text, shortened } = jsonWithin({ deep, after: "still here" }, 10_000);
  expect(shortened).toBe(true);
  expect(text).toContain("nested too deep");
  expect(JSON.parse(text)).toMatchObject({ after: "still here" });
});

test("whatever it is given, it is JSON, sound and not much longer than asked for", () => {
  const values = fc.anything({ withNullPrototype: true, maxDepth: 6, maxKeys: 20 }).map((value) => ({ value }));
  fc.assert(
    fc.property(values, fc.integer({ min: 10, max: 500 }), (value, most) => {
      const plain: unknown = JSON.parse(
        JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? 0 : inner)),
      );
      const { text } = jsonWithin(plain, most);
      JSON.parse(text);
      expect(text).not.toMatch(/\\ud[89a-f]/);
      expect(text.length).toBeLessThan(most * 2 + 2_000);
    }),
  );
});
