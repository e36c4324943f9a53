import { expect, test } from "vitest";
import type { Condition } from "../core/policy.ts";
import { readCondition } from "./condition.ts";
import { parseConfigDocument } from "./document.ts";
import type { Problem } from "./problem.ts";

function read(text: string): { readonly condition: Condition; readonly says: readonly string[] } {
  const parsed = parseConfigDocument(text);
  if (parsed.kind === "broken") throw new Error("the YAML is broken");
  const problems: Problem[] = [];
  const { value, written } = parsed.document;
  const condition = readCondition(value, [], { written, problems });
  return { condition, says: problems.map(({ path, says }) => `${path.join("/")}: ${says}`) };
}

function field(path: string, test: object): object {
  return { kind: "field", path, test };
}

const cases: readonly [text: string, condition: object][] = [
  ["{}", { kind: "always" }],
  ["{ rule.id: 5763 }", field("rule.id", { kind: "one_of", values: ["5763"] })],
  ['{ agent.id: "000" }', field("agent.id", { kind: "one_of", values: ["000"] })],
  ["{ rule.mail: true }", field("rule.mail", { kind: "one_of", values: ["true"] })],
  ["{ rule.id: [5763, '5551'] }", field("rule.id", { kind: "one_of", values: ["5763", "5551"] })],
  ['{ rule.level: ">= 10" }', field("rule.level", { kind: "compare", operator: ">=", number: 10 })],
  ['{ rule.level: "<3" }', field("rule.level", { kind: "compare", operator: "<", number: 3 })],
  ["{ rule.level: 10 }", field("rule.level", { kind: "one_of", values: ["10"] })],
  ['{ data.delta: "> -1.5" }', field("data.delta", { kind: "compare", operator: ">", number: -1.5 })],
  ['{ agent.name: "web-*" }', field("agent.name", { kind: "glob", pattern: "web-*" })],
  ["{ agent.name: web-0? }", field("agent.name", { kind: "glob", pattern: "web-0?" })],
  ["{ full_log: '/a\\/b\\d+/' }", field("full_log", { kind: "regex", pattern: "a\\/b\\d+" })],
  ["{ location: /var/log/auth.log }", field("location", { kind: "one_of", values: ["/var/log/auth.log"] })],
  ['{ data.tag: "<b>" }', field("data.tag", { kind: "one_of", values: ["<b>"] })],
  ["{ raw.a.b: x }", field("raw.a.b", { kind: "one_of", values: ["x"] })],
  [
    '{ rule.id: [1, "2*", 3] }',
    {
      kind: "any",
      of: [field("rule.id", { kind: "one_of", values: ["1", "3"] }), field("rule.id", { kind: "glob", pattern: "2*" })],
    },
  ],
  [
    "{ rule.id: 1, any: [{ agent.id: 2 }, { not: { agent.id: 3 } }] }",
    {
      kind: "all",
      of: [
        field("rule.id", { kind: "one_of", values: ["1"] }),
        {
          kind: "any",
          of: [
            field("agent.id", { kind: "one_of", values: ["2"] }),
            { kind: "not", of: field("agent.id", { kind: "one_of", values: ["3"] }) },
          ],
        },
      ],
    },
  ],
];

test.each(cases)("%s is read", (text, condition) => {
  expect(read(text)).toEqual({ condition, says: [] });
});

test("a number that YAML changes is an error that shows the quoted form", () => {
  expect(read("{ agent.id: 000, rule.id: [1, 0x10] }").says).toEqual([
    'agent.id: YAML makes 0 of 000. Write it in quotes: "000"',
    'rule.id/1: YAML makes 16 of 0x10. Write it in quotes: "0x10"',
  ]);
});

test("the same holds behind an anchor", () => {
  expect(read("{ agent.id: &id 001, not: { agent.id: *id } }").says).toHaveLength(2);
});

test("nesting has an end", () => {
  const deep = `${"{ not: ".repeat(20)}{ rule.id: 1 }${" }".repeat(20)}`;

  expect(read(deep).says.join()).toContain("nested more than 16 levels deep");
});

test("patterns have an end", () => {
  expect(read(`{ full_log: "*${"x".repeat(1_100)}" }`).says.join()).toContain("more than 1024 characters");
  expect(read(`{ full_log: "/${"x".repeat(1_100)}/" }`).says.join()).toContain("more than 1024 characters");
});
