import { hash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "./sha256.ts";

test("is that of Node for any text, at every length around a block's end", () => {
  for (let length = 0; length <= 200; length += 1) {
    const text = "ä".repeat(length % 7) + "x".repeat(length);
    expect(sha256(text)).toBe(hash("sha256", text));
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => sha256(text) === hash("sha256", text)),
  );
  const long = "segment ".repeat(20_000);
  expect(sha256(long)).toBe(hash("sha256", long));
});
