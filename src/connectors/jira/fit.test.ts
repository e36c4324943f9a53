import { expect, test } from "vitest";
import { code, heading, paragraph, text, type Block } from "./document.ts";
import { excerptOf, fitted, shownExcerpt } from "./fit.ts";

const sizeOf = (blocks: readonly Block[]): number => JSON.stringify(blocks).length;

test("what fits is left as it is", () => {
  const blocks = [heading("a"), excerptOf("b", 10)];
  expect(fitted(blocks, 1_000, sizeOf)).toBe(blocks);
});

test("excerpts are cut first, as little as need be, and say how long they were", () => {
  const blocks = [paragraph(text("t".repeat(500))), excerptOf("e".repeat(9_000), 6_000)];
  const [kept, excerpt] = fitted(blocks, 3_000, sizeOf);
  expect(kept).toEqual(blocks[0]);
  if (excerpt?.kind !== "excerpt") throw new Error("the excerpt is gone");
  expect(shownExcerpt(excerpt)).toMatch(/^e{2000,} … \[cut: 9,000 characters in all\]$/);
  expect(sizeOf([blocks[0] ?? heading(""), excerpt])).toBeGreaterThan(2_990);
});

test("other texts are cut next, but not a machine's word", () => {
  const mark = `rp-${"0".repeat(200)}`;
  const blocks = [paragraph(text("t".repeat(5_000)), code(mark)), excerptOf("e".repeat(9_000), 6_000)];
  const [paragraphLeft, excerpt] = fitted(blocks, 3_000, sizeOf);
  expect(JSON.stringify(paragraphLeft)).toMatch(new RegExp(`t{1000,} ….*${mark}`));
  expect(excerpt).toEqual({ kind: "excerpt", text: "e".repeat(600), cutFromChars: 9_000 });
});

test("last of all, whole blocks go from the end, which is said", () => {
  const blocks = Array.from({ length: 100 }, (_, n) => heading(`block ${n}`));
  const left = fitted(blocks, 1_000, sizeOf);
  expect(left.length).toBeGreaterThan(10);
  expect(left[0]).toEqual(blocks[0]);
  expect(left.at(-1)).toEqual(paragraph(text("More is left out: it did not fit into the ticket.")));
});

test("an excerpt whose unseen signs take more room when shown is cut by what is shown", () => {
  const excerpt = excerptOf("\u202e".repeat(100), 500);
  expect(excerpt.text).toHaveLength(500);
  expect(excerpt.cutFromChars).toBe(100);
  expect(excerptOf("\u0000".repeat(100), 500)).toEqual({ kind: "excerpt", text: "", cutFromChars: null });
});
