import { expect, test } from "vitest";
import type { Condition, Policy, Test } from "./policy.ts";
import { compileRefusal, type Refuse } from "./refusal.ts";

const STAMP = "2026-05-26T08:53:41.577+0000";

function field(path: string, asked: Test): Condition {
  return { kind: "field", path, test: asked };
}

function policy(when: Condition, clear: Condition | null = null): Policy {
  const tell = { low: [], medium: [], high: [], critical: [] };
  const terms = { name: "p", groupBy: [], severity: null, tell, holdMs: null, resolveAfterMs: 1, reopenWithinMs: 1 };
  return { terms, when, clear, continues: false };
}

const fromSeven = field("rule.level", { kind: "compare", operator: ">=", number: 7 });
const lost = field("rule.id", { kind: "one_of", values: ["504", "506"] });
const back = field("rule.id", { kind: "one_of", values: ["503"] });
const notNoise: Condition = { kind: "not", of: field("rule.id", { kind: "one_of", values: ["5710"] }) };
const ssh = field("rule.groups", { kind: "one_of", values: ["sshd"] });

function isRefused(refuse: Refuse, line: string): boolean {
  const bytes = Buffer.from(`"},\n${line}","id":"504"`);
  return refuse(bytes, 4, 4 + Buffer.byteLength(line));
}

function line(level: string, rest = `,"description":"said \\"no\\"","id":"5710"},"id":"1.2"}`, stamp = STAMP): string {
  return `{"timestamp":"${stamp}","rule":{"level":${level}${rest}`;
}

const cases: readonly [why: string, policies: readonly Policy[], line: string, refused: boolean][] = [
  ["a level that nobody wants", [policy(fromSeven)], line("3"), true],
  ["a level that somebody wants", [policy(fromSeven)], line("7"), false],
  ["a level of two digits", [policy(fromSeven)], line("12"), false],
  ["a level above all that Wazuh writes", [policy(lost)], line("100"), false],
  ["a level that ends the rule", [policy(fromSeven)], line("3", "}}"), true],
  ["a refused line that breaks off", [policy(fromSeven)], line("3", ","), true],
  ["a line that ends with the digit", [policy(fromSeven)], line("3", ""), false],
  ["a level with an exponent", [policy(fromSeven)], line("1e1"), false],
  ["a level with a leading zero", [policy(fromSeven)], line("010"), false],
  ["a level with letters", [policy(fromSeven)], line("3abc"), false],
  ["a fraction", [policy(fromSeven)], line("3.5"), false],
  ["a negative level", [policy(fromSeven)], line("-3"), false],
  ["a level in quotes", [policy(fromSeven)], line('"3"'), false],
  ["a space before the level", [policy(fromSeven)], line(" 3"), false],
  ["a shorter timestamp", [policy(fromSeven)], line("3", undefined, STAMP.slice(1)), false],
  ["a timestamp that hides a rule", [policy(fromSeven)], line("3", undefined, 'a","rule":{"level":15},"b":"'), false],
  ["an empty line", [policy(fromSeven)], "", false],
  ["a wanted id", [policy(fromSeven), policy(lost)], line("3", ',"description":"x","id":"504"}}'), false],
  ["an id that ends the incident", [policy(lost, back)], line("3", ',"description":"x","id":"503"}}'), false],
  ["an id that nobody wants", [policy(fromSeven), policy(lost)], line("3"), true],
  ["no id", [policy(lost)], line("3", "}}"), false],
  ["no description", [policy(lost)], line("3", ',"id":"5710"}}'), false],
  ["an id written as a number", [policy(lost)], line("3", ',"description":"x","id":5710}}'), false],
  ["an id with an escape", [policy(lost)], line("3", ',"description":"x","id":"50\\u0034"}}'), false],
  ["an id with a leading zero", [policy(lost)], line("3", ',"description":"x","id":"0571"}}'), false],
  ["an id too long to hold", [policy(lost)], line("3", ',"description":"x","id":"1234567890"}}'), false],
  ["an id that the line does not finish", [policy(lost)], line("3", ',"description":"x","id":"57'), false],
  ["a description that the line does not finish", [policy(lost)], line("3", ',"description":"x'), false],
  ["a description that ends in a backslash", [policy(lost)], line("3", ',"description":"x\\\\","id":"5710"}}'), true],
  [
    "a description that quotes an id",
    [policy(lost)],
    line("3", ',"description":"\\",\\"id\\":\\"1\\"","id":"504"}}'),
    false,
  ],
  ["the one id that is left out", [policy(notNoise)], line("3"), true],
  ["an id that is not left out", [policy(notNoise)], line("3", ',"description":"x","id":"5711"}}'), false],
  ["a policy that asks for more", [policy(ssh)], line("3"), false],
  ["a policy that also asks for more", [policy({ kind: "all", of: [fromSeven, ssh] })], line("3"), true],
  ["no policy at all", [], line("3"), true],
];

test.each(cases)("%s", (_why, policies, text, refused) => {
  expect(isRefused(compileRefusal(policies), text)).toBe(refused);
});

test.each([
  ["a rule that is always wanted", ',"description":"x","id":"657"}}', false],
  ["another rule beside it", ',"description":"x","id":"5710"}}', true],
])("%s, whatever the policies want", (_why, rest, refused) => {
  const refuse = compileRefusal([policy(fromSeven)], new Set(["657"]));

  expect(isRefused(refuse, line("3", rest))).toBe(refused);
  expect(isRefused(refuse, line("7", rest))).toBe(false);
});
