import fc from "fast-check";
import { expect, test } from "vitest";
import { anyCondition } from "../../test/fixtures/any-condition.ts";
import { re2 } from "../ports/regex.ts";
import { implies, partsOf, passesNothing } from "./implies.ts";
import { compileCondition } from "./match.ts";
import type { Condition, Test } from "./policy.ts";

const values = fc.constantFrom("1", "2", "5", "10", "12", "web-1", "web-2", "db");
const someTest = fc.record({
  path: fc.constantFrom("rule.id", "rule.level", "raw.rule.level", "data.srcip", "rule.groups"),
  test: fc.oneof<fc.Arbitrary<Test>[]>(
    fc.array(values, { minLength: 1, maxLength: 3 }).map((of) => ({ kind: "one_of", values: of })),
    fc.record({
      kind: fc.constant("compare" as const),
      operator: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
      number: fc.constantFrom(1, 5, 10, 11),
    }),
    fc.constantFrom("*", "web-*", "?").map((pattern) => ({ kind: "glob", pattern })),
    fc.constant({ kind: "regex", pattern: "web" }),
  ),
});
const level = fc.integer({ min: 0, max: 16 });
const alert = fc
  .record({
    id: values,
    level,
    srcip: fc.option(values, { nil: undefined }),
    groups: fc.array(values, { maxLength: 2 }),
  })
  .map(({ id, level: of, srcip, groups }) => ({
    document: { rule: { id, level: of, groups }, data: srcip === undefined ? {} : { srcip } },
  }));
const condition = anyCondition(someTest);

test("what follows from a condition holds for every alert", () => {
  fc.assert(
    fc.property(condition, condition, fc.array(alert, { minLength: 5, maxLength: 10 }), (one, other, alerts) => {
      fc.pre(implies(one, other));
      const [passesOne, passesOther] = [compileCondition(one, re2), compileCondition(other, re2)];
      expect(alerts.filter((of) => passesOne(of) && !passesOther(of))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("the parts of a condition are it, and one that passes nothing passes nothing", () => {
  fc.assert(
    fc.property(condition, fc.array(alert, { maxLength: 10 }), (one, alerts) => {
      const passes = compileCondition(one, re2);
      const parts = partsOf(one).map((part) => compileCondition(part, re2));
      for (const of of alerts) {
        expect(parts.some((part) => part(of))).toBe(passes(of));
        if (passesNothing(one)) expect(passes(of)).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

const field = (path: string, of: Test): Condition => ({ kind: "field", path, test: of });
const ids = (...of: string[]): Condition => field("rule.id", { kind: "one_of", values: of });
const atLeast = (number: number): Condition => field("rule.level", { kind: "compare", operator: ">=", number });

test.each([
  ["fewer values", ids("1"), ids("1", "2"), true],
  ["more values", ids("1", "2"), ids("1"), false],
  ["a higher level", atLeast(10), atLeast(7), true],
  ["a lower level", atLeast(7), atLeast(10), false],
  ["one thing more asked", { kind: "all", of: [ids("1"), atLeast(7)] } satisfies Condition, ids("1"), true],
  ["one of two", ids("1"), { kind: "any", of: [ids("1"), atLeast(7)] } satisfies Condition, true],
  ["the field at all", ids("1"), field("raw.rule.id", { kind: "glob", pattern: "*" }), true],
  ["another field", ids("1"), field("agent.id", { kind: "one_of", values: ["1"] }), false],
])("%s: what a reader would say", (_name, one, other, says) => {
  expect(implies(one, other)).toBe(says);
});
