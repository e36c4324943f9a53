import { plainPath } from "./fields.ts";
import { compilePlainTest, type PlainTest } from "./plain-test.ts";
import { eachTest, type Condition, type Policy } from "./policy.ts";

/** A set of rule ids, written down as its members or as what it leaves out. An alert without an id is in `not_in` only. */
export interface Ids {
  readonly kind: "in" | "not_in";
  readonly ids: ReadonlySet<string>;
}

/** Levels are told apart up to here; Wazuh writes 0 to 16, and a line with a higher one is parsed. */
export const TOLD_LEVELS = 100;

/**
 * For each level the rule ids that some policy could still want, judged by level and id alone. What a policy asks
 * of the rest of an alert counts as if it were so: the answer may be too wide and is never too narrow.
 */
export function wantedIdsByLevel(policies: readonly Policy[]): readonly Ids[] {
  const tests = [...levelTests(policies).values()].map(compilePlainTest);
  const known = new Map<string, Ids>();
  return Array.from({ length: TOLD_LEVELS }, (_, level) => {
    // Levels of which all tests say the same are one to the policies; of a hundred levels mostly three or four are left.
    const said = tests.map((passes) => (passes(String(level)) ? "1" : "0")).join("");
    const ids = known.get(said) ?? anyOf(policies.map((policy) => wantedIds(policy, level)));
    known.set(said, ids);
    return ids;
  });
}

/** Each once, however many policies ask the same. */
function levelTests(policies: readonly Policy[]): ReadonlyMap<string, PlainTest> {
  const tests = new Map<string, PlainTest>();
  eachTest(policies, (path, test) => {
    if (isLevel(path) && test.kind !== "regex") tests.set(JSON.stringify(test), test);
  });
  return tests;
}

function isLevel(path: string): boolean {
  return plainPath(path) === "rule.level";
}

export function wantedIds(policy: Policy, level: number): Ids {
  const when = boundsOf(policy.when, level).may;
  const { clear, after } = policy;
  if (clear === null && after === undefined) return when;
  return anyOf([
    when,
    ...[clear, after].flatMap((of) => (of === null || of === undefined ? [] : [boundsOf(of, level).may])),
  ]);
}

export function isNobody(ids: Ids): boolean {
  return ids.kind === "in" && ids.ids.size === 0;
}

export function isEverybody(ids: Ids): boolean {
  return ids.kind === "not_in" && ids.ids.size === 0;
}

const NO_ID: Ids = { kind: "in", ids: new Set() };
const ANY_ID: Ids = { kind: "not_in", ids: new Set() };

/** The ids for which the condition can hold, and those for which it is sure to; `not` turns one into the other. */
interface Bounds {
  readonly may: Ids;
  readonly must: Ids;
}

const UNKNOWN: Bounds = { may: ANY_ID, must: NO_ID };

function boundsOf(condition: Condition, level: number): Bounds {
  switch (condition.kind) {
    case "always":
      return exactly(ANY_ID);
    case "all": {
      const parts = condition.of.map((part) => boundsOf(part, level));
      return {
        may: allOf(parts.map((part) => part.may)),
        must: allOf(parts.map((part) => part.must)),
      };
    }
    case "any": {
      const parts = condition.of.map((part) => boundsOf(part, level));
      return {
        may: anyOf(parts.map((part) => part.may)),
        must: anyOf(parts.map((part) => part.must)),
      };
    }
    case "not": {
      const part = boundsOf(condition.of, level);
      return { may: allBut(part.must), must: allBut(part.may) };
    }
    case "field": {
      const { path, test } = condition;
      if (isLevel(path) && test.kind !== "regex") {
        return exactly(compilePlainTest(test)(String(level)) ? ANY_ID : NO_ID);
      }
      if (plainPath(path) === "rule.id" && test.kind === "one_of")
        return exactly({ kind: "in", ids: new Set(test.values) });
      return UNKNOWN;
    }
  }
}

function exactly(ids: Ids): Bounds {
  return { may: ids, must: ids };
}

function allBut(ids: Ids): Ids {
  return { kind: ids.kind === "in" ? "not_in" : "in", ids: ids.ids };
}

/** These ids beside the others, whatever the others are. */
export function withIds(wanted: Ids, ids: ReadonlySet<string>): Ids {
  return anyOf([wanted, { kind: "in", ids }]);
}

/** One pass over all members, since a large config has thousands of ids and each level asks again. */
function anyOf(sets: readonly Ids[]): Ids {
  const named = new Set<string>();
  let leftOut: ReadonlySet<string> | null = null;
  for (const set of sets) {
    if (set.kind === "in") for (const id of set.ids) named.add(id);
    else leftOut = leftOut === null ? set.ids : leftOut.intersection(set.ids);
  }
  return leftOut === null ? { kind: "in", ids: named } : { kind: "not_in", ids: leftOut.difference(named) };
}

function allOf(sets: readonly Ids[]): Ids {
  return allBut(anyOf(sets.map(allBut)));
}
