import fc from "fast-check";
import { expect, it } from "vitest";
import { fromText, toText } from "./text.ts";

/** Any sequence of code units, the broken and the special ones often. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0x1a, 0x30, 0xd800, 0xdc00, 0xfffd)))
  .map((units) => String.fromCharCode(...units));

it("gives every string back as it was, and stores only what any database takes", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const stored = toText(text);

      expect(fromText(stored)).toBe(text);
      expect(stored.isWellFormed() && !stored.includes("\0")).toBe(true);
    }),
  );
});

it("leaves what any database takes as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!/[\0\u001a]/.test(text));

      expect(toText(text)).toBe(text);
    }),
  );
});
