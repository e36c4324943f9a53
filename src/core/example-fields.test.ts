import { expect, test } from "vitest";
import { exampleFields } from "./example-fields.ts";
import type { Condition, Test } from "./policy.ts";

const field = (path: string, of: Test): Condition => ({ kind: "field", path, test: of });
const one = (path: string, ...values: string[]): Condition => field(path, { kind: "one_of", values });

test.each<[string, Condition, Readonly<Record<string, string>>]>([
  ["everything", { kind: "always" }, {}],
  ["one of several values", one("rule.id", "504", "506"), { "rule.id": "504" }],
  ["at least", field("rule.level", { kind: "compare", operator: ">=", number: 10 }), { "rule.level": "10" }],
  ["more than", field("rule.level", { kind: "compare", operator: ">", number: 10 }), { "rule.level": "11" }],
  ["less than", field("rule.level", { kind: "compare", operator: "<", number: 10 }), { "rule.level": "9" }],
  ["a glob", field("agent.name", { kind: "glob", pattern: "web-*" }), { "agent.name": "web-test" }],
  ["a pattern", field("agent.name", { kind: "regex", pattern: "^web" }), {}],
  ["all", { kind: "all", of: [one("rule.id", "1"), one("agent.id", "2")] }, { "rule.id": "1", "agent.id": "2" }],
  ["any", { kind: "any", of: [one("rule.id", "1"), one("agent.id", "2")] }, { "rule.id": "1" }],
  ["not", { kind: "not", of: one("rule.id", "1") }, {}],
])("an example for a condition that wants %s", (_, condition, fields) => {
  expect(exampleFields(condition)).toEqual(fields);
});
