import fc from "fast-check";
import { expect, test } from "vitest";
import { anyCondition } from "../../test/fixtures/any-condition.ts";
import { re2 } from "../ports/regex.ts";
import { explainMatch } from "./explain-match.ts";
import { groupKeyOf } from "./group-key.ts";
import { compileCondition, compilePolicies, matchAlert, type CompiledPolicies } from "./match.ts";
import { indexPolicies } from "./policy-index.ts";
import type { Condition, Policy, Test } from "./policy.ts";

interface Subject {
  readonly document: Readonly<Record<string, unknown>>;
}

const someValue = fc.constantFrom("5710", "5763", "sshd", "web", "001", "constructor", "toString", "10", "");

const someTest: fc.Arbitrary<{ readonly path: string; readonly test: Test }> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      path: fc.constantFrom("rule.id", "raw.rule.id", "rule.groups", "agent.id", "data.__proto__", "constructor.name"),
      test: fc.record({ kind: fc.constant("one_of" as const), values: fc.array(someValue, { maxLength: 3 }) }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      path: fc.constantFrom("rule.level", "raw.rule.level", "rule.id"),
      test: fc.record({
        kind: fc.constant("compare" as const),
        operator: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
        number: fc.constantFrom(-1, 3, 9.5, 10, 16, 40),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      path: fc.constantFrom("rule.level", "raw.rule.level"),
      test: fc.record({
        kind: fc.constant("one_of" as const),
        values: fc.array(fc.constantFrom("3", "10", "010", "16", "17"), { maxLength: 2 }),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      path: fc.constantFrom("rule.level", "rule.id", "rule.groups", "agent.id"),
      test: fc.oneof(
        fc.record({ kind: fc.constant("glob" as const), pattern: fc.constantFrom("*", "57*", "1?", "s*d") }),
        fc.record({ kind: fc.constant("regex" as const), pattern: fc.constantFrom("^1", "7", "ssh") }),
      ),
    }),
  },
);

const condition = anyCondition(someTest);

const somePolicies = fc
  .array(fc.record({ when: condition, clear: fc.option(condition, { freq: 3, nil: null }), continues: fc.boolean() }), {
    maxLength: 12,
  })
  .map((made) => made.map((each, n) => policy(n, each)));

function policy(n: number, { when, clear = null, continues = false }: Partial<Policy> & Pick<Policy, "when">): Policy {
  const tell = { low: [], medium: [], high: [], critical: [] };
  const terms = { name: `p${n}`, groupBy: ["rule.id"], severity: null, tell, holdMs: null };
  return { terms: { ...terms, resolveAfterMs: 1, reopenWithinMs: 1 }, when, clear, continues };
}

const someScalar = fc.oneof(someValue, fc.constantFrom(10, 5710, true, null, {}));
const someLevel = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 3, 9, 10, 12, 16) },
  { weight: 2, arbitrary: fc.constantFrom(17, 45, 3.5, -2, "10", "010", "high", [3, 12], [], null) },
);
const someAlert: fc.Arbitrary<Subject> = fc
  .record(
    {
      rule: fc.record(
        { level: someLevel, id: someScalar, groups: fc.oneof(someScalar, fc.array(someScalar, { maxLength: 5 })) },
        { requiredKeys: [] },
      ),
      agent: fc.record({ id: someScalar }, { requiredKeys: [] }),
      data: fc.option(someValue.map((value) => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`) as object)),
    },
    { requiredKeys: ["rule"] },
  )
  // As it comes in, with prototypes.
  .map((document) => ({ document: JSON.parse(JSON.stringify(document)) as Subject["document"] }));

/** Every policy asked, one after the other. */
function asked(policies: readonly Policy[], alert: Subject): readonly string[] {
  const took: string[] = [];
  for (const { terms, when, clear, continues } of policies) {
    const clears = clear !== null && compileCondition(clear, re2)(alert);
    if (!clears && !compileCondition(when, re2)(alert)) continue;
    took.push(`${terms.name} ${groupKeyOf(alert, terms.groupBy)}${clears ? " clears" : ""}`);
    if (!continues) break;
  }
  return took;
}

function found(policies: CompiledPolicies, alert: Subject): readonly string[] {
  return matchAlert(policies, alert).map(
    ({ policy: name, groupKey, clears }) => `${name} ${groupKey}${clears ? " clears" : ""}`,
  );
}

function explained(policies: readonly Policy[], alert: Subject): readonly string[] {
  return explainMatch(policies, alert, re2)
    .filter(({ outcome }) => outcome === "matches" || outcome === "clears")
    .map(({ policy: name, groupKey, outcome }) => `${name} ${groupKey ?? ""}${outcome === "clears" ? " clears" : ""}`);
}

type Compile = (policies: readonly Policy[]) => CompiledPolicies;
const compiled: Compile = (policies) => compilePolicies(policies, re2);

function decidesAsIfAllWereAsked(compile: Compile, seen = { taken: 0, left: 0 }) {
  return fc.property(somePolicies, fc.array(someAlert, { minLength: 1, maxLength: 4 }), (policies, alerts) => {
    const indexed = compile(policies);
    return alerts.every((alert) => {
      const expected = asked(policies, alert);
      if (expected.length > 0) seen.taken += 1;
      else seen.left += 1;
      return expected.join() === found(indexed, alert).join();
    });
  });
}

test("whatever the policies and the alert, those take it that would if all were asked in turn", () => {
  const seen = { taken: 0, left: 0 };

  fc.assert(decidesAsIfAllWereAsked(compiled, seen), { numRuns: 10_000 });

  expect(seen.taken).toBeGreaterThan(5_000);
  expect(seen.left).toBeGreaterThan(1_000);
});

test("people are told of the policies that took the alert, and of no others", () => {
  fc.assert(
    fc.property(somePolicies, someAlert, (policies, alert) => {
      expect(explained(policies, alert)).toEqual(found(compiled(policies), alert));
    }),
    { numRuns: 2_000 },
  );
});

test("policies are asked in their order, and none of them twice", () => {
  fc.assert(
    fc.property(somePolicies, someAlert, (policies, alert) => {
      const places = placesAsked(policies, alert);
      expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
    }),
    { numRuns: 2_000 },
  );
});

/** Plausible shortcuts, each of which asks one policy too few, or in another order. */
const planted: Record<string, Compile> = {
  "forgets what ends an incident": indexedBy((each) => ({ ...each, clear: null })),
  "takes `not` for what it turns round": indexedBy((each) => ({ ...each, when: withoutNot(each.when) })),
  "looks for the first part of an `any` only": indexedBy((each) => ({ ...each, when: firstOfAny(each.when) })),
  "looks at the first element of a list only": (policies) => lookingAt(policies, ({ document }) => firsts(document)),
  "takes a level for a number": (policies) => lookingAt(policies, ({ document }) => withNumber(document)),
  "asks those that stand under values first": (policies) => {
    const { each, index } = compiled(policies);
    return {
      each,
      index: {
        ask(alert, ask) {
          const places: number[] = [];
          index.ask(alert, (place) => places.push(place) > 0);
          const isUnderLevel = (place: number): boolean => policies[place]?.when.kind === "always";
          places.sort((a, b) => Number(isUnderLevel(a)) - Number(isUnderLevel(b)) || a - b).every(ask);
        },
      },
    };
  },
};

test.each(Object.entries(planted))("the property catches one that %s", (_name, compile) => {
  const checked = fc.check(decidesAsIfAllWereAsked(compile), { numRuns: 50_000, seed: 7, endOnFailure: true });

  expect(checked.failed).toBe(true);
});

function indexedBy(misread: (policy: Policy) => Policy): Compile {
  return (policies) => ({ each: compiled(policies).each, index: indexPolicies(policies.map(misread)) });
}

function lookingAt(policies: readonly Policy[], misread: (alert: Subject) => Subject["document"]): CompiledPolicies {
  const { each, index } = compiled(policies);
  return { each, index: { ask: (alert, ask) => index.ask({ document: misread(alert) }, ask) } };
}

function withoutNot(when: Condition): Condition {
  return when.kind === "not" ? when.of : when;
}

function firstOfAny(when: Condition): Condition {
  return when.kind === "any" ? (when.of[0] ?? when) : when;
}

function firsts(document: Subject["document"]): Subject["document"] {
  const { groups, ...rule } = document["rule"] as { readonly groups?: unknown };
  return { ...document, rule: { ...rule, groups: Array.isArray(groups) ? (groups as unknown[]).slice(0, 1) : groups } };
}

function withNumber(document: Subject["document"]): Subject["document"] {
  const rule = document["rule"] as { readonly level?: unknown };
  return { ...document, rule: { ...rule, level: Number(rule.level) } };
}

function placesAsked(policies: readonly Policy[], alert: Subject): readonly number[] {
  const places: number[] = [];
  indexPolicies(policies).ask(alert, (place) => places.push(place) > 0);
  return places;
}

const ofRule = (id: string): Condition => field("rule.id", { kind: "one_of", values: [id] });
const ofGroup = (group: string): Condition => field("rule.groups", { kind: "one_of", values: [group] });
const fromLevel = (number: number): Condition => field("rule.level", { kind: "compare", operator: ">=", number });
const likeWeb = field("agent.name", { kind: "glob", pattern: "web-*" });

function field(path: string, of: Test): Condition {
  return { kind: "field", path, test: of };
}

const forms: readonly [what: string, of: (n: number) => Condition][] = [
  ["by rule", (n) => ofRule(`${n}`)],
  ["by a list of rules", (n) => field("rule.id", { kind: "one_of", values: [`${n}`, `${n}0000`] })],
  ["by rule, or by group", (n) => ({ kind: "any", of: [ofRule(`${n}`), ofGroup(`g${n}`)] })],
  ["by level and group", (n) => ({ kind: "all", of: [fromLevel(3), ofGroup(`g${n}`)] })],
  ["by a group that many have, and by rule", (n) => ({ kind: "all", of: [ofGroup("sshd"), ofRule(`${n}`)] })],
  ["by rule, or by a level that it has not", (n) => ({ kind: "any", of: [ofRule(`${n}`), fromLevel(12)] })],
  ["by a level that it has not, and a glob", () => ({ kind: "all", of: [likeWeb, fromLevel(12)] })],
  [
    "by what it must not have, and a rule",
    (n) => ({ kind: "all", of: [{ kind: "not", of: likeWeb }, ofRule(`${n}`)] }),
  ],
  ["by an opposite within an opposite", (n) => ({ kind: "not", of: { kind: "not", of: ofRule(`${n}`) } })],
  ["by what no alert can have", () => ({ kind: "not", of: { kind: "always" } })],
];

test.each(forms)("of a thousand policies %s only those that an alert can meet are asked", (_what, of) => {
  const alert = { document: { rule: { level: 7, id: "500", groups: ["sshd", "g500"] }, agent: { name: "web-01" } } };
  const policies = Array.from({ length: 1_000 }, (_, n) => policy(n, { when: of(n) }));

  expect(placesAsked(policies, alert).length).toBeLessThanOrEqual(1);
});

test("a policy that can't be put under a value is asked in its place", () => {
  const alert = { document: { rule: { level: 7, id: "2" } } };
  const conditions = [ofRule("1"), likeWeb, ofRule("2"), likeWeb, ofRule("3")];

  expect(
    placesAsked(
      conditions.map((when, n) => policy(n, { when })),
      alert,
    ),
  ).toEqual([1, 2, 3]);
});

test("a list that repeats what policies ask for leads to each of them once", () => {
  const groups = Array.from({ length: 10_000 }, () => "sshd");
  const policies = Array.from({ length: 100 }, (_, n) => policy(n, { when: ofGroup("sshd"), continues: true }));

  expect(placesAsked(policies, { document: { rule: { groups } } })).toEqual(policies.map((_, n) => n));
});
