// Our side of `routing`, in a process of its own: alerts against so many policies, none of which but the last takes one.
import type * as Match from "../src/core/match.ts";
import type { Condition, Policy, Test } from "../src/core/policy.ts";
import type * as Refusal from "../src/core/refusal.ts";
import type * as Regex from "../src/ports/regex.ts";
import { mustEqual } from "./bench.ts";
import { builtModule } from "./built.ts";
import { alertLines } from "./generate.ts";

export interface RoutingAnswer {
  readonly compileMs: number;
  readonly nsAnAlert: number;
  /** Of one that no policy takes: by its first bytes, and after it was parsed. */
  readonly nsALine: number;
  readonly nsANotTaken: number;
}

const ALERTS = 1_000;

const [form = "mixed", countText = "1", passesText = "1"] = process.argv.slice(2);
const [count, passes] = [Number(countText), Number(passesText)];
const { compilePolicies, matchAlert } = await builtModule<typeof Match>("core/match.ts");
const { re2 } = await builtModule<typeof Regex>("ports/regex.ts");

const conditionOf = form === "globs" ? globOf : mixedOf;
const read = Array.from({ length: count }, (_, n) => policy(n, n === count - 1 ? { kind: "always" } : conditionOf(n)));
const compiledAt = performance.now();
const policies = compilePolicies(read, re2);
const compileMs = performance.now() - compiledAt;

const lines = alertLines(40);
const alerts = Array.from({ length: ALERTS }, () => ({
  document: JSON.parse(lines.next().value.line) as Readonly<Record<string, unknown>>,
}));
// Once for the compiler, which an engine that runs for months no longer waits for.
route(passes);
const startedAt = performance.now();
const taken = route(passes);
const nsAnAlert = ((performance.now() - startedAt) * 1e6) / (ALERTS * passes);
mustEqual("alerts that the last policy took", taken, ALERTS * passes);
const { compileRefusal } = await builtModule<typeof Refusal>("core/refusal.ts");
const refused = read.slice(0, -1);
// Globs refuse nothing by its first bytes, and what it costs to ask them all is known by then.
const isMixed = form === "mixed" && count > 1;
const nsALine = isMixed ? timeLines(compileRefusal(refused)) : 0;
const nsANotTaken = isMixed ? timeNotTaken() : 0;
const answer: RoutingAnswer = { compileMs, nsAnAlert, nsALine, nsANotTaken };
console.log(JSON.stringify(answer));

/** A look at their first bytes, of lines that no policy can want; levels up to 5 in all of them. */
function timeLines(refuse: Refusal.Refuse): number {
  const bytes = alerts.map(({ document }) => {
    const rule = { ...(document["rule"] as object), level: 3 };
    const { timestamp, rule: _, ...rest } = document;
    return Buffer.from(JSON.stringify({ timestamp, rule: { level: 3, ...withoutLevel(rule) }, ...rest }));
  });
  const look = (): number => {
    let count = 0;
    for (let pass = 0; pass < passes; pass += 1) for (const line of bytes) if (refuse(line, 0, line.length)) count += 1;
    return count;
  };
  look();
  const from = performance.now();
  const count = look();
  const ns = ((performance.now() - from) * 1e6) / (ALERTS * passes);
  mustEqual("lines that were refused", count, ALERTS * passes);
  return ns;
}

function withoutLevel(rule: object): object {
  return Object.fromEntries(Object.entries(rule).filter(([name]) => name !== "level"));
}

function timeNotTaken(): number {
  const compiled = compilePolicies(refused, re2);
  const match = (): number => {
    let count = 0;
    for (let pass = 0; pass < passes; pass += 1)
      for (const alert of alerts) if (matchAlert(compiled, alert).length === 0) count += 1;
    return count;
  };
  match();
  const from = performance.now();
  const count = match();
  const ns = ((performance.now() - from) * 1e6) / (ALERTS * passes);
  mustEqual("alerts that no policy took", count, ALERTS * passes);
  return ns;
}

function route(times: number): number {
  let byLast = 0;
  for (let pass = 0; pass < times; pass += 1) {
    for (const alert of alerts) {
      const [match, more] = matchAlert(policies, alert);
      if (match?.policy === `policy-${count - 1}` && more === undefined) byLast += 1;
    }
  }
  return byLast;
}

/** As a large config mixes them: by rule, by group and level, by agent and level, by level. */
function mixedOf(n: number): Condition {
  const share = (n * 37) % 100;
  if (share < 55) return named("rule.id", `${200_000 + n}`);
  if (share < 80) return { kind: "all", of: [named("rule.groups", `group-${n}`), levelAbove(5)] };
  if (share < 95) return { kind: "all", of: [named("agent.id", `${90_000 + n}`), levelAbove(7)] };
  return levelAbove(15);
}

function globOf(n: number): Condition {
  return field("rule.description", { kind: "glob", pattern: `*nothing-${n}*` });
}

function named(path: string, value: string): Condition {
  return field(path, { kind: "one_of", values: [value] });
}

function levelAbove(level: number): Condition {
  return field("rule.level", { kind: "compare", operator: ">", number: level });
}

function field(path: string, test: Test): Condition {
  return { kind: "field", path, test };
}

function policy(n: number, when: Condition): Policy {
  const terms = {
    name: `policy-${n}`,
    groupBy: ["rule.id", "agent.id"],
    severity: null,
    tell: { low: [], medium: [], high: [], critical: [] },
    holdMs: null,
    resolveAfterMs: 1,
    reopenWithinMs: 1,
  };
  return { terms, when, clear: null, continues: false };
}
