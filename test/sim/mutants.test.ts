import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { MUTANTS } from "./mutants/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))("there is one place for: %s", (_, mutant) => {
  const parts = readFileSync(`${root}${mutant.file}`, "utf8").split(mutant.find);

  expect(parts.length - 1).toBe(1);
});

test("no two planted bugs have one name, and each changes something", () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  for (const { find, replace } of MUTANTS) expect(replace).not.toBe(find);
});

test("every promise that the simulator keeps an eye on has a planted bug", () => {
  const planted = new Set(MUTANTS.flatMap(({ invariants }) => invariants));

  expect([...planted].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
});
