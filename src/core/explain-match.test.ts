import { expect, test } from "vitest";
import { re2 } from "../ports/regex.ts";
import { explainMatch } from "./explain-match.ts";
import { compilePolicies, matchAlert } from "./match.ts";
import type { Condition, Policy, Test } from "./policy.ts";

const alert = {
  document: {
    rule: { level: 5, id: "5710", groups: ["syslog", "sshd"] },
    agent: { id: "001" },
    full_log: `bad\u001b[2J\u202e\u{e0041}${"x".repeat(300)}`,
  },
};

function field(path: string, asked: Test): Condition {
  return { kind: "field", path, test: asked };
}

const levelTen = field("rule.level", { kind: "compare", operator: ">=", number: 10 });
const rule5710 = field("rule.id", { kind: "one_of", values: ["5710"] });
const rule504 = field("rule.id", { kind: "one_of", values: ["504", "506"] });
const noUser = field("data.dstuser", { kind: "glob", pattern: "*" });

function policy(name: string, when: Condition, clear: Condition | null = null, continues = false): Policy {
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
  return { terms, when, clear, continues };
}

function explained(condition: Condition): readonly string[] {
  const [only] = explainMatch([policy("p", condition)], alert, re2);
  return [
    only?.outcome ?? "",
    ...(only?.because ?? []).map(({ path, wanted, found, passed }) => `${path} ${wanted}: ${found} ${passed}`),
  ];
}

const cases: readonly [condition: Condition, ...lines: string[]][] = [
  [rule5710, "matches", "rule.id is 5710: 5710 true"],
  [rule504, "no_match", "rule.id is 504 or 506: 5710 false"],
  [{ kind: "all", of: [rule5710, levelTen] }, "no_match", "rule.level is >= 10: 5 false"],
  [
    { kind: "any", of: [rule504, levelTen] },
    "no_match",
    "rule.id is 504 or 506: 5710 false",
    "rule.level is >= 10: 5 false",
  ],
  [{ kind: "any", of: [levelTen, rule5710] }, "matches", "rule.id is 5710: 5710 true"],
  [{ kind: "not", of: rule5710 }, "no_match", "rule.id not: is 5710: 5710 false"],
  [{ kind: "not", of: { kind: "not", of: rule5710 } }, "matches", "rule.id is 5710: 5710 true"],
  [noUser, "no_match", "data.dstuser is like *: null false"],
  [
    field("rule.groups", { kind: "regex", pattern: "^ftp" }),
    "no_match",
    "rule.groups contains /^ftp/: [syslog, sshd] false",
  ],
  [{ kind: "always" }, "matches"],
];

test.each(cases)("%j is explained", (condition, ...lines) => {
  expect(explained(condition)).toEqual(lines);
});

test("a value that could write over the terminal is shown harmless and cut", () => {
  const [line] = explained(field("full_log", { kind: "glob", pattern: "good" })).slice(1);

  expect(line).toContain("bad\\x1b[2J\\u202e\\ue0041xxx");
  expect(line).toContain("… (");
  expect(line?.length).toBeLessThan(300);
});

test("the explanation of a run of policies agrees with what matching does", () => {
  const policies = [
    policy("a", levelTen),
    policy("b", rule5710, null, true),
    policy("c", levelTen, rule5710),
    policy("d", rule5710),
  ];

  const outcomes = explainMatch(policies, alert, re2).map(({ policy: name, outcome }) => `${name} ${outcome}`);

  expect(outcomes).toEqual(["a no_match", "b matches", "c clears", "d not_asked"]);
  expect(matchAlert(compilePolicies(policies, re2), alert).map((match) => match.policy)).toEqual(["b", "c"]);
});
