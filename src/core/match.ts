import type { Alert, PolicyMatch } from "./alert.ts";
import { fieldReader } from "./fields.ts";
import { groupKeyReader } from "./group-key.ts";
import { compilePlainTest, onStart } from "./plain-test.ts";
import { indexPolicies, type PolicyIndex } from "./policy-index.ts";
import type { Condition, Policy, Test } from "./policy.ts";

/** Handed in, since the core has no engine of its own. It must take linear time: texts are written by attackers. */
export interface RegexEngine {
  /** Throws where the pattern is none; those of a config were tried when it was read. */
  compile(pattern: string): (text: string) => boolean;
}

export type Matches = (alert: Pick<Alert, "document">) => boolean;

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
      const read = fieldReader(condition.path);
      const passes = compileTest(condition.test, regex);
      return (alert) => {
        const value = read(alert);
        if (value === undefined) return false;
        return typeof value === "string" ? passes(value) : value.some(passes);
      };
    }
  }
}

function compileTest(test: Test, regex: RegexEngine): (text: string) => boolean {
  return test.kind === "regex" ? onStart(regex.compile(test.pattern)) : compilePlainTest(test);
}

/** Policies whose conditions are ready to be asked, in the order in which they are. */
export interface CompiledPolicies {
  readonly each: readonly CompiledPolicy[];
  readonly index: PolicyIndex;
}

interface CompiledPolicy {
  readonly name: string;
  readonly groupKey: (alert: Pick<Alert, "document">) => string;
  readonly when: Matches;
  readonly clear: Matches | null;
  readonly continues: boolean;
}

export function compilePolicies(policies: readonly Policy[], regex: RegexEngine): CompiledPolicies {
  const each = policies.map((policy) => ({
    name: policy.terms.name,
    groupKey: groupKeyReader(policy.terms.groupBy),
    when: compileCondition(policy.when, regex),
    clear: policy.clear === null ? null : compileCondition(policy.clear, regex),
    continues: policy.continues,
  }));
  return { each, index: indexPolicies(policies) };
}

/** The policies that take the alert: the first that matches, and those after it for as long as they say `continue`. */
export function matchAlert({ each, index }: CompiledPolicies, alert: Pick<Alert, "document">): PolicyMatch[] {
  const matches: PolicyMatch[] = [];
  index.ask(alert, (place) => {
    const policy = each[place]!;
    const clears = policy.clear?.(alert) ?? false;
    if (!clears && !policy.when(alert)) return true;
    matches.push({ policy: policy.name, groupKey: policy.groupKey(alert), clears });
    return policy.continues;
  });
  return matches;
}
