import fc from "fast-check";
import { expect, test } from "vitest";
import { linesIn, valuesIn, type Piece } from "./http-pieces.ts";

const texts = (bytes: Buffer, pieces: Iterable<Piece>): readonly string[] =>
  [...pieces].map(([start, end]) => bytes.toString("utf8", start, end));
const values = (text: string): readonly string[] => {
  const bytes = Buffer.from(text);
  return texts(bytes, valuesIn(bytes, 0, bytes.length));
};

const records = fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 3 })), {
  maxLength: 6,
});

test("of an array, of values one behind the other and of values in lines come the same values", () => {
  fc.assert(
    fc.property(records, fc.constantFrom(0, 2), (of, spaces) => {
      const written = of.map((each) => JSON.stringify(each, null, spaces));

      const asWritten = written.map((text) => JSON.parse(text) as unknown);
      expect(values(JSON.stringify(of, null, spaces)).map((text) => JSON.parse(text) as unknown)).toEqual(asWritten);
      expect(values(written.join(""))).toEqual(written);
      expect(values(written.join("\r\n"))).toEqual(written);
      expect(values(` [${written.join(" , ")}]\n`)).toEqual(written);
    }),
  );
});

test("whatever the bytes are, the pieces are in order, within them, and come to an end", () => {
  const bytes = fc
    .array(fc.constantFrom(...'{}[]",:\\ \n1a'.split("")), { maxLength: 60 })
    .map((all) => Buffer.from(all.join("")));
  fc.assert(
    fc.property(bytes, (of) => {
      let before = 0;
      for (const [start, end] of valuesIn(of, 0, of.length)) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(of.length);
        before = end;
      }
    }),
  );
});

test("lines are what stands between newlines, and what stands behind the last", () => {
  const bytes = Buffer.from("a\r\n\nb\nc");

  expect(texts(bytes, linesIn(bytes, 0, bytes.length))).toEqual(["a", "", "b", "c"]);
  expect(texts(bytes, linesIn(bytes, 0, 2))).toEqual(["a"]);
});
