import { expect, test } from "vitest";
import { re2 } from "../ports/regex.ts";
import { compileCondition, compilePolicies, matchAlert } from "./match.ts";
import { MATCHED_TEXT_CHARS } from "./plain-test.ts";
import type { Condition, Policy, Test } from "./policy.ts";

const alert = {
  document: {
    rule: { level: 10, id: "5763", groups: ["syslog", "sshd", "authentication_failures"], mail: false },
    agent: { id: "001", name: "web-01" },
    data: { srcip: "192.0.2.7", port: "022", empty: "", odd: "0x20", long: `${"x".repeat(MATCHED_TEXT_CHARS)}needle` },
  },
};

const fieldCases: readonly [path: string, test: Test, matches: boolean][] = [
  ["rule.id", { kind: "one_of", values: ["5551", "5763"] }, true],
  ["rule.id", { kind: "one_of", values: ["05763"] }, false],
  ["agent.id", { kind: "one_of", values: ["1"] }, false],
  ["rule.mail", { kind: "one_of", values: ["false"] }, true],
  ["rule.level", { kind: "one_of", values: ["10"] }, true],
  ["rule.level", { kind: "compare", operator: ">=", number: 10 }, true],
  ["rule.level", { kind: "compare", operator: ">", number: 10 }, false],
  ["rule.level", { kind: "compare", operator: "<=", number: 9.5 }, false],
  ["rule.level", { kind: "compare", operator: "<", number: 11 }, true],
  ["data.port", { kind: "compare", operator: ">=", number: 22 }, true],
  ["data.empty", { kind: "compare", operator: ">=", number: 0 }, false],
  ["data.odd", { kind: "compare", operator: ">=", number: 0 }, false],
  ["data.missing", { kind: "compare", operator: "<", number: 5 }, false],
  ["rule.groups", { kind: "one_of", values: ["sshd"] }, true],
  ["rule.groups", { kind: "glob", pattern: "authentication_*" }, true],
  ["rule.groups", { kind: "glob", pattern: "sshd*syslog" }, false],
  ["agent.name", { kind: "glob", pattern: "web-??" }, true],
  ["agent.name", { kind: "regex", pattern: "eb-[0-9]" }, true],
  ["agent.name", { kind: "regex", pattern: "^eb" }, false],
  ["agent", { kind: "glob", pattern: "*" }, false],
  ["raw.data.srcip", { kind: "one_of", values: ["192.0.2.7"] }, true],
  ["data.long", { kind: "regex", pattern: "needle" }, false],
  ["data.long", { kind: "glob", pattern: "*needle" }, false],
  ["constructor.name", { kind: "glob", pattern: "*" }, false],
];

test.each(fieldCases)("%s with %j: %s", (path, asked, matches) => {
  expect(compileCondition({ kind: "field", path, test: asked }, re2)(alert)).toBe(matches);
});

const yes: Condition = { kind: "field", path: "rule.id", test: { kind: "one_of", values: ["5763"] } };
const no: Condition = { kind: "field", path: "rule.id", test: { kind: "one_of", values: ["1"] } };

const nestedCases: readonly [condition: Condition, matches: boolean][] = [
  [{ kind: "always" }, true],
  [{ kind: "all", of: [] }, true],
  [{ kind: "any", of: [] }, false],
  [{ kind: "all", of: [yes, no] }, false],
  [{ kind: "any", of: [no, yes] }, true],
  [{ kind: "not", of: no }, true],
  [{ kind: "not", of: { kind: "any", of: [no, { kind: "not", of: yes }] } }, true],
];

test.each(nestedCases)("%j: %s", (condition, matches) => {
  expect(compileCondition(condition, re2)(alert)).toBe(matches);
});

test.each<[agent: unknown, holds: boolean]>([
  [undefined, false],
  [{ id: "001" }, false],
  [{ id: "001", labels: "prod" }, false],
  [{ id: "001", labels: { env: "prod" } }, false],
  [{ id: "001", labels: { env: "test" } }, true],
  [{ id: "001", labels: { site: "berlin" } }, true],
  [{ id: "001", labels: {} }, true],
])("where only what is sure counts, `not` on a label of %j: %s", (agent, holds) => {
  const isProduction = { kind: "field", path: "agent.labels.env", test: { kind: "one_of", values: ["prod"] } } as const;
  const surelyNot = compileCondition({ kind: "not", of: isProduction }, re2, false);

  expect(surelyNot({ document: { agent } })).toBe(holds);
});

function policy(name: string, when: Condition, more: Partial<Pick<Policy, "clear" | "continues">> = {}): Policy {
  const tell = { low: [], medium: [], high: [], critical: [] };
  const terms = {
    name,
    groupBy: ["agent.id"],
    severity: null,
    tell,
    holdMs: null,
    resolveAfterMs: 1,
    reopenWithinMs: 1,
  };
  return { terms, when, clear: null, continues: false, ...more };
}

function matched(...policies: readonly Policy[]): readonly string[] {
  return matchAlert(compilePolicies(policies, re2), alert).map(
    (match) => `${match.policy}${match.clears ? " clears" : ""} ${match.groupKey}`,
  );
}

test("the first policy that matches takes the alert", () => {
  expect(matched(policy("a", no), policy("b", yes), policy("c", yes))).toEqual(['b ["001"]']);
});

test("a policy that continues leaves the alert to those after it", () => {
  const policies = [policy("a", yes, { continues: true }), policy("b", no, { continues: true }), policy("c", yes)];

  expect(matched(...policies, policy("d", yes))).toEqual(['a ["001"]', 'c ["001"]']);
});

test("where each alert is an incident of its own, one without an id has the one made of its bytes", () => {
  const terms = { ...policy("a", yes).terms, groupBy: ["timestamp", "id"], onePerAlert: true as const };
  const alone = compilePolicies([{ ...policy("a", yes), terms }], re2);
  const keyOf = (id: string) => {
    const identity = { origin: "m", nativeId: `sha256:${id}`, stamp: "", ruleId: "" };
    return matchAlert(alone, { ...alert, identity }).map(({ groupKey }) => groupKey);
  };

  expect(keyOf("one")).toEqual(['[null,"sha256:one"]']);
  expect(keyOf("two")).toEqual(['[null,"sha256:two"]']);
});

test("what clears is asked before what opens", () => {
  expect(matched(policy("a", yes, { clear: yes }), policy("b", yes))).toEqual(['a clears ["001"]']);
});

test("no policy, no match", () => {
  expect(matched(policy("a", no))).toEqual([]);
});

test("a pattern that drives a backtracking engine mad is judged at once", () => {
  const hostile = { document: { full_log: `${"a".repeat(8_000)}!` } };
  const matches = compileCondition(
    { kind: "field", path: "full_log", test: { kind: "regex", pattern: "^(a+)+$" } },
    re2,
  );
  const beganAt = performance.now();

  expect(matches(hostile)).toBe(false);

  expect(performance.now() - beganAt).toBeLessThan(500);
});
