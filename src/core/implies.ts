// What follows from a condition without any alert: whether it takes nothing that another would not.
import { plainPath } from "./fields.ts";
import { compilePlainTest } from "./plain-test.ts";
import type { Condition, Test } from "./policy.ts";

/** Whether every alert that passes one passes the other. False where that can't be told. */
export function implies(one: Condition, other: Condition): boolean {
  if (other.kind === "always") return true;
  if (one.kind === "any") return one.of.every((part) => implies(part, other));
  if (other.kind === "all") return other.of.every((part) => implies(one, part));
  if (other.kind === "any" && other.of.some((part) => implies(one, part))) return true;
  if (one.kind === "all") return one.of.some((part) => implies(part, other));
  if (one.kind === "not" && other.kind === "not") return implies(other.of, one.of);
  if (one.kind !== "field" || other.kind !== "field") return false;
  return plainPath(one.path) === plainPath(other.path) && testImplies(one.test, other.test);
}

function testImplies(one: Test, other: Test): boolean {
  if (other.kind === "glob" && /^\*+$/.test(other.pattern)) return true;
  switch (one.kind) {
    case "one_of":
      return other.kind !== "regex" && one.values.every(compilePlainTest(other));
    case "compare":
      return other.kind === "compare" && compareImplies(one, other);
    case "glob":
    case "regex":
      return one.kind === other.kind && one.pattern === other.pattern;
  }
}

type Compare = Extract<Test, { readonly kind: "compare" }>;

function compareImplies(one: Compare, other: Compare): boolean {
  const isUp = one.operator.startsWith(">");
  if (isUp !== other.operator.startsWith(">")) return false;
  if (one.number === other.number) return one.operator === other.operator || other.operator.endsWith("=");
  return isUp ? one.number > other.number : one.number < other.number;
}

/** Beyond so many parts nobody looks further: it is taken as a whole. */
const PARTS_MOST = 500;

/** Conditions of which an alert that passes this one passes at least one, as small as they can be had. */
export function partsOf(condition: Condition): readonly Condition[] {
  switch (condition.kind) {
    case "any": {
      const parts = condition.of.flatMap(partsOf);
      return parts.length > PARTS_MOST ? [condition] : parts;
    }
    case "field": {
      const { path, test } = condition;
      if (test.kind !== "one_of" || test.values.length > PARTS_MOST) return [condition];
      return test.values.map((value) => ({ kind: "field", path, test: { kind: "one_of", values: [value] } }));
    }
    case "all": {
      const at = condition.of.findIndex((part) => partsOf(part).length > 1);
      if (at < 0) return [condition];
      return partsOf(condition.of[at]!).map((part) => ({ kind: "all", of: condition.of.with(at, part) }));
    }
    case "always":
    case "not":
      return [condition];
  }
}

/** Fields that an alert has one value of. */
const SINGLE = ["rule.id", "rule.level", "agent.id", "agent.name", "location", "manager.name", "syscheck.path"];

/** Whether no alert passes it. False where that can't be told. */
export function passesNothing(condition: Condition): boolean {
  switch (condition.kind) {
    case "any":
      return condition.of.every(passesNothing);
    case "all":
      return condition.of.some(passesNothing) || contradicts(fieldsOf(condition));
    case "field":
      return contradicts([condition]);
    case "always":
    case "not":
      return false;
  }
}

type Field = Extract<Condition, { readonly kind: "field" }>;

function fieldsOf(condition: Condition): readonly Field[] {
  if (condition.kind === "field") return [condition];
  return condition.kind === "all" ? condition.of.flatMap(fieldsOf) : [];
}

/** There is no value that passes all tests of one field. */
function contradicts(fields: readonly Field[]): boolean {
  return SINGLE.some((name) => {
    const tests = fields.flatMap(({ path, test }) => (plainPath(path) === name && test.kind !== "regex" ? [test] : []));
    const listed = tests.find((test) => test.kind === "one_of")?.values;
    const values = name === "rule.level" ? LEVELS : listed;
    if (values === undefined || tests.length === 0) return false;
    const passes = tests.map(compilePlainTest);
    return values.every((value) => passes.some((pass) => !pass(value)));
  });
}

const LEVELS = Array.from({ length: 17 }, (_, level) => String(level));
