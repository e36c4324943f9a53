import type { Alert, PolicyMatch } from "./alert.ts";
import { fieldOf } from "./fields.ts";
import { compileGlob } from "./glob.ts";
import { groupKeyOf } from "./group-key.ts";
import type { Condition, Policy, Test } from "./policy.ts";

/** Handed in, since the core has no engine of its own. It must take linear time: texts are written by attackers. */
export interface RegexEngine {
  /** Throws where the pattern is none; those of a config were tried when it was read. */
  compile(pattern: string): (text: string) => boolean;
}

export type Matches = (alert: Pick<Alert, "document">) => boolean;

/** Globs and regular expressions see this much of a value; the rest of a longer one is not looked at. */
export const MATCHED_TEXT_CHARS = 8_192;

export function compileCondition(condition: Condition, regex: RegexEngine): Matches {
  switch (condition.kind) {
    case "always":
      return () => true;
    case "all": {
      const parts = condition.of.map((part) => compileCondition(part, regex));
      return (alert) => parts.every((part) => part(alert));
    }
    case "any": {
      const parts = condition.of.map((part) => compileCondition(part, regex));
      return (alert) => parts.some((part) => part(alert));
    }
    case "not": {
      const part = compileCondition(condition.of, regex);
      return (alert) => !part(alert);
    }
    case "field": {
      const { path } = condition;
      const passes = compileTest(condition.test, regex);
      return (alert) => {
        const value = fieldOf(alert, path);
        if (value === undefined) return false;
        return typeof value === "string" ? passes(value) : value.some(passes);
      };
    }
  }
}

function compileTest(test: Test, regex: RegexEngine): (text: string) => boolean {
  return test.kind === "regex" ? onStart(regex.compile(test.pattern)) : compilePlainTest(test);
}

/** The tests that need no engine. */
export type PlainTest = Exclude<Test, { readonly kind: "regex" }>;

export function compilePlainTest(test: PlainTest): (text: string) => boolean {
  switch (test.kind) {
    case "one_of": {
      const values = new Set(test.values);
      return (text) => values.has(text);
    }
    case "compare":
      return (text) => isNumber(text) && compares(Number(text), test.operator, test.number);
    case "glob":
      return onStart(compileGlob(test.pattern));
  }
}

/** A policy whose conditions are ready to be asked. */
export interface CompiledPolicy {
  readonly name: string;
  readonly groupBy: readonly string[];
  readonly when: Matches;
  readonly clear: Matches | null;
  readonly continues: boolean;
}

export function compilePolicies(policies: readonly Policy[], regex: RegexEngine): readonly CompiledPolicy[] {
  return policies.map((policy) => ({
    name: policy.terms.name,
    groupBy: policy.terms.groupBy,
    when: compileCondition(policy.when, regex),
    clear: policy.clear === null ? null : compileCondition(policy.clear, regex),
    continues: policy.continues,
  }));
}

/** The policies that take the alert: the first that matches, and those after it for as long as they say `continue`. */
export function matchAlert(policies: readonly CompiledPolicy[], alert: Pick<Alert, "document">): PolicyMatch[] {
  const matches: PolicyMatch[] = [];
  for (const policy of policies) {
    const clears = policy.clear?.(alert) ?? false;
    if (!clears && !policy.when(alert)) continue;
    matches.push({ policy: policy.name, groupKey: groupKeyOf(alert, policy.groupBy), clears });
    if (!policy.continues) break;
  }
  return matches;
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

function onStart(passes: (text: string) => boolean): (text: string) => boolean {
  return (text) => passes(text.length > MATCHED_TEXT_CHARS ? text.slice(0, MATCHED_TEXT_CHARS) : text);
}
