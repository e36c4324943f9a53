// Our side of `routing`, in a process of its own: alerts against so many policies. None of them but the last takes an
// alert, so that all are asked about each.
import type * as Match from "../src/core/match.ts";
import type { Condition, Policy } from "../src/core/policy.ts";
import type * as Regex from "../src/ports/regex.ts";
import { mustEqual } from "./bench.ts";
import { builtModule } from "./built.ts";
import { alertLines } from "./generate.ts";

export interface RoutingAnswer {
  readonly nsAnAlert: number;
}

const [countText = "1", alertsText = "1"] = process.argv.slice(2);
const [count, wanted] = [Number(countText), Number(alertsText)];
const { compilePolicies, matchAlert } = await builtModule<typeof Match>("core/match.ts");
const { re2 } = await builtModule<typeof Regex>("ports/regex.ts");

const policies = compilePolicies(
  Array.from({ length: count }, (_, n) => policy(n, n === count - 1 ? { kind: "always" } : conditionOf(n))),
  re2,
);
const lines = alertLines(40);
const alerts = Array.from({ length: wanted }, () => ({
  document: JSON.parse(lines.next().value.line) as Readonly<Record<string, unknown>>,
}));
// Once for the compiler, which an engine that runs for months no longer waits for.
route();
const startedAt = performance.now();
const taken = route();
const answer: RoutingAnswer = { nsAnAlert: ((performance.now() - startedAt) * 1e6) / wanted };
mustEqual("alerts that the last policy took", taken, wanted);
console.log(JSON.stringify(answer));

function route(): number {
  let byLast = 0;
  for (const alert of alerts) {
    const [match] = matchAlert(policies, alert);
    if (match?.policy === `policy-${count - 1}`) byLast += 1;
  }
  return byLast;
}

/** As a large config mixes them: by rule, by group and level, by agent and level, by level. */
function conditionOf(n: number): Condition {
  const share = (n * 37) % 100;
  if (share < 55) return field("rule.id", `${200_000 + n}`);
  if (share < 80) return { kind: "all", of: [field("rule.groups", `group-${n}`), levelAbove(5)] };
  if (share < 95) return { kind: "all", of: [field("agent.id", `${90_000 + n}`), levelAbove(7)] };
  return levelAbove(15);
}

function field(path: string, value: string): Condition {
  return { kind: "field", path, test: { kind: "one_of", values: [value] } };
}

function levelAbove(level: number): Condition {
  return { kind: "field", path: "rule.level", test: { kind: "compare", operator: ">", number: level } };
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
