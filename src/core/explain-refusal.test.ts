import { expect, test } from "vitest";
import { explainRefusal } from "./explain-refusal.ts";
import type { Condition, Policy, Test } from "./policy.ts";

function field(path: string, asked: Test): Condition {
  return { kind: "field", path, test: asked };
}

function atLeast(level: number): Condition {
  return field("rule.level", { kind: "compare", operator: ">=", number: level });
}

function rules(...values: readonly string[]): Condition {
  return field("rule.id", { kind: "one_of", values });
}

function policy(name: string, when: Condition, clear: Condition | null = null): Policy {
  const tell = { low: [], medium: [], high: [], critical: [] };
  const terms = { name, groupBy: [], severity: null, tell, holdMs: null, resolveAfterMs: 1, reopenWithinMs: 1 };
  return { terms, when, clear, continues: false };
}

const anyHost = field("agent.name", { kind: "glob", pattern: "web-*" });
const cases: readonly [says: readonly string[], ...policies: Policy[]][] = [
  [["lines below level 7 are not parsed"], policy("p", atLeast(7))],
  [
    ["lines below level 7 are not parsed, except rules 504, 503"],
    policy("p", atLeast(7)),
    policy("q", rules("504"), rules("503")),
  ],
  [["lines are not parsed, except rule 504"], policy("p", rules("504"))],
  [
    ["lines below level 7 are not parsed", "lines of level 10 and above are not parsed"],
    policy("p", { kind: "all", of: [atLeast(7), { kind: "not", of: atLeast(10) }, anyHost] }),
  ],
  [["lines are not parsed when they are of rule 5710"], policy("p", { kind: "not", of: rules("5710") })],
  [
    ["every line is parsed: p may match at any level and for any rule"],
    policy("p", anyHost),
    policy("q", rules("504")),
  ],
  [["lines are not parsed"]],
  [
    ["lines are not parsed, except rules 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 88 more"],
    policy("p", rules(...Array.from({ length: 100 }, (_, i) => String(i)))),
  ],
];

test("what is parsed whatever the policies say is named, unless everything is", () => {
  const always = "of rule 651";

  expect(explainRefusal([policy("p", rules("504"))], always)).toEqual([
    "lines are not parsed, except rule 504",
    "lines of rule 651 are always parsed",
  ]);
  expect(explainRefusal([policy("p", anyHost)], always)).toHaveLength(1);
});

test.each(cases)("%j", (says, ...policies) => {
  expect(explainRefusal(policies)).toEqual(says);
});
