import { RE2JS, RE2JSException } from "re2js";
import type { Condition, Test } from "../core/policy.ts";
import { fieldTrouble } from "./alert-fields.ts";
import type { ConfigDocument } from "./document.ts";
import { isMap, type Path, type Problem } from "./problem.ts";

/** What reading a condition needs besides the condition. */
export interface Reading {
  readonly written: ConfigDocument["written"];
  readonly problems: Problem[];
  /** Fields beside those of alerts; absent: none. */
  readonly alsoFields?: readonly string[];
}

const EXAMPLE = 'Example: { rule.level: ">= 10" }';
const DEPTH_MOST = 16;
const PATTERN_CHARS = 1_024;

/** Reads a `when` or `clear`. What is wrong goes to the problems, and the condition is then of no use. */
export function readCondition(value: unknown, path: Path, reading: Reading, depth = 1): Condition {
  const wrong = (says: string): Condition => {
    reading.problems.push({ path, at: "value", says });
    return { kind: "always" };
  };
  if (value === null || value === undefined) return wrong(`is empty. ${EXAMPLE}, or {} for every alert`);
  if (!isMap(value)) return wrong(`expected a map of fields and what they should be. ${EXAMPLE}`);
  if (depth > DEPTH_MOST) return wrong(`nested more than ${DEPTH_MOST} levels deep`);
  const parts = Object.entries(value).map(([key, of]) => readPart(key, of, [...path, key], reading, depth));
  return parts.length === 0 ? { kind: "always" } : together("all", parts);
}

function readPart(key: string, value: unknown, path: Path, reading: Reading, depth: number): Condition {
  switch (key) {
    case "all":
    case "any":
      if (!Array.isArray(value) || value.length === 0) {
        const says = `expected a list of conditions. Example: [{ rule.id: 504 }, { rule.level: ">= 10" }]`;
        reading.problems.push({ path, at: "value", says });
        return { kind: "always" };
      }
      return together(
        key,
        value.map((item, i) => readCondition(item, [...path, i], reading, depth + 1)),
      );
    case "not":
      return { kind: "not", of: readCondition(value, path, reading, depth + 1) };
    default:
      return readField(key, value, path, reading);
  }
}

function readField(name: string, value: unknown, path: Path, reading: Reading): Condition {
  const trouble = reading.alsoFields?.includes(name) === true ? null : fieldTrouble(name);
  if (trouble !== null) reading.problems.push({ path, at: "key", says: trouble });
  if (Array.isArray(value) && value.length === 0) {
    reading.problems.push({
      path,
      at: "value",
      says: "an empty list matches nothing. Name a value, or leave the key out",
    });
  }
  const tests = Array.isArray(value)
    ? value.map((item, i) => readTest(name, item, [...path, i], reading))
    : [readTest(name, value, path, reading)];
  return together(
    "any",
    joined(tests).map((test) => ({ kind: "field", path: name, test })),
  );
}

/** All plain values of a list as one test: that is what tells which rule ids are wanted at all. */
function joined(tests: readonly Test[]): readonly Test[] {
  const values = tests.flatMap((test) => (test.kind === "one_of" ? test.values : []));
  const others = tests.filter((test) => test.kind !== "one_of");
  return values.length === 0 ? others : [{ kind: "one_of", values }, ...others];
}

function together(kind: "all" | "any", of: readonly Condition[]): Condition {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind, of };
}

function readTest(field: string, value: unknown, path: Path, reading: Reading): Test {
  const wrong = (says: string): Test => {
    reading.problems.push({ path, at: "value", says });
    return { kind: "one_of", values: [] };
  };
  if (value === null || value === undefined) {
    return wrong('has no value. For alerts without the field: not: { data.srcip: "*" }');
  }
  if (typeof value === "number" || typeof value === "boolean") {
    const text = String(value);
    const written = reading.written(path) ?? text;
    if (typeof value === "boolean" && written !== text) return wrong(`Wazuh writes ${text} and not ${written}`);
    if (written !== text) return wrong(`YAML makes ${text} of ${written}. Write it in quotes: "${written}"`);
    return isLevel(field) ? levelTest(text, wrong) : { kind: "one_of", values: [text] };
  }
  if (typeof value !== "string") {
    return wrong(`expected a value, a list of values, a comparison, a glob or a /regex/. ${EXAMPLE}`);
  }
  return textTest(field, value, wrong);
}

function textTest(field: string, text: string, wrong: (says: string) => Test): Test {
  const [, operator, figure] = /^(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (operator !== undefined) {
    return { kind: "compare", operator: operator as "<" | "<=" | ">" | ">=", number: Number(figure) };
  }
  if (/^[<>=!]+\s*-?[\d.]/.test(text)) {
    return wrong(
      'not a comparison. They begin with >, >=, < or <= and end with a number: ">= 10". For "is not": not: { … }',
    );
  }
  if (isLevel(field)) return levelTest(text, wrong);
  if (/^\/.*\/$/s.test(text) && text.length > 1) return regexTest(text.slice(1, -1), wrong);
  if (/^\/.+\/(?:i|g|gi|ig)$/s.test(text)) {
    return wrong('how a regex treats upper and lower case goes inside it. Example: "/(?i)cmd/"');
  }
  if (!/[*?]/.test(text)) return { kind: "one_of", values: [text] };
  if (text.length > PATTERN_CHARS) return wrong(`a glob of more than ${PATTERN_CHARS} characters`);
  return { kind: "glob", pattern: text };
}

function regexTest(pattern: string, wrong: (says: string) => Test): Test {
  if (pattern === "") return wrong('an empty regex matches everything. For "has the field at all": "*"');
  if (pattern.length > PATTERN_CHARS) return wrong(`a regex of more than ${PATTERN_CHARS} characters`);
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, "");
    return wrong(`not a regular expression that RE2 takes: ${why}`);
  }
  return { kind: "regex", pattern };
}

function isLevel(field: string): boolean {
  return field === "rule.level" || field === "raw.rule.level";
}

function levelTest(text: string, wrong: (says: string) => Test): Test {
  if (/^(?:0|[1-9]\d?)$/.test(text)) return { kind: "one_of", values: [text] };
  return wrong('expected a level from 0 to 16 or a comparison. Example: ">= 10"');
}
