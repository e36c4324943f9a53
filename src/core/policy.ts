import type { PolicyTerms } from "./snapshot.ts";

/** A condition over one alert, as the config's `when` means it. */
export type Condition =
  | { readonly kind: "always" }
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "field"; readonly path: string; readonly test: Test };

/** A list-valued field passes when one of its elements does; a missing field passes nothing. */
export type Test =
  | { readonly kind: "one_of"; readonly values: readonly string[] }
  | { readonly kind: "compare"; readonly operator: "<" | "<=" | ">" | ">="; readonly number: number }
  /** `*` any run, `?` any one character. */
  | { readonly kind: "glob"; readonly pattern: string }
  /** Found anywhere in the value. */
  | { readonly kind: "regex"; readonly pattern: string };

/** A policy as it is evaluated: which alerts it takes, and under what terms. */
export interface Policy {
  readonly terms: PolicyTerms;
  readonly when: Condition;
  /** An alert that ends the incident; takes part before `when`. */
  readonly clear: Condition | null;
  /** What must come before an alert that `when` takes: the first part of a sequence. */
  readonly after?: Condition;
  /** Policies after this one are asked as well. */
  readonly continues: boolean;
}

/** Goes through all that the policies ask of any field, wherever in their conditions it stands. */
export function eachTest(policies: readonly Policy[], visit: (path: string, test: Test) => void): void {
  for (const { when, clear, after } of policies) {
    eachTestOf(when, visit);
    if (after !== undefined) eachTestOf(after, visit);
    if (clear !== null) eachTestOf(clear, visit);
  }
}

export function eachTestOf(condition: Condition, visit: (path: string, test: Test) => void): void {
  switch (condition.kind) {
    case "always":
      return;
    case "all":
    case "any":
      for (const part of condition.of) eachTestOf(part, visit);
      return;
    case "not":
      return eachTestOf(condition.of, visit);
    case "field":
      return visit(condition.path, condition.test);
  }
}
