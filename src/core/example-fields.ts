import type { Condition, Test } from "./policy.ts";

/** Values with which an alert would likely pass, by field. A guess: what is negated or a pattern is left alone. */
export function exampleFields(condition: Condition): Readonly<Record<string, string>> {
  switch (condition.kind) {
    case "always":
    case "not":
      return {};
    case "all":
      return Object.assign({}, ...condition.of.map(exampleFields)) as Readonly<Record<string, string>>;
    case "any":
      return condition.of[0] === undefined ? {} : exampleFields(condition.of[0]);
    case "field": {
      const value = exampleValue(condition.test);
      return value === null ? {} : { [condition.path]: value };
    }
  }
}

function exampleValue(test: Test): string | null {
  switch (test.kind) {
    case "one_of":
      return test.values[0] ?? null;
    case "compare":
      return String(besides(test.operator, test.number));
    case "glob":
      return test.pattern.replaceAll("*", "test").replaceAll("?", "x");
    case "regex":
      return null;
  }
}

function besides(operator: "<" | "<=" | ">" | ">=", bound: number): number {
  switch (operator) {
    case "<":
      return Math.ceil(bound) - 1;
    case "<=":
      return Math.floor(bound);
    case ">":
      return Math.floor(bound) + 1;
    case ">=":
      return Math.ceil(bound);
  }
}
