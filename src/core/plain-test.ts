import { compileGlob } from "./glob.ts";
import type { Test } from "./policy.ts";

/** The tests that need no engine. */
export type PlainTest = Exclude<Test, { readonly kind: "regex" }>;

/** Globs and regular expressions see this much of a value; the rest of a longer one is not looked at. */
export const MATCHED_TEXT_CHARS = 8_192;

export function compilePlainTest(test: PlainTest): (text: string) => boolean {
  switch (test.kind) {
    case "one_of": {
      const [only] = test.values;
      if (test.values.length === 1) return (text) => text === only;
      const values = new Set(test.values);
      return (text) => values.has(text);
    }
    case "compare":
      return (text) => isNumber(text) && compares(Number(text), test.operator, test.number);
    case "glob":
      return onStart(compileGlob(test.pattern));
  }
}

/** Hands over no more of a text than is looked at. */
export function onStart(passes: (text: string) => boolean): (text: string) => boolean {
  return (text) => passes(text.length > MATCHED_TEXT_CHARS ? text.slice(0, MATCHED_TEXT_CHARS) : text);
}

/** Plain decimals only: what JavaScript also takes for a number (`""`, `0x10`, `1e3`, ` 5`) is text here. */
function isNumber(text: string): boolean {
  return text.length <= 40 && /^-?\d+(?:\.\d+)?$/.test(text);
}

function compares(value: number, operator: "<" | "<=" | ">" | ">=", bound: number): boolean {
  switch (operator) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
  }
}
