import type { Alert } from "./alert.ts";
import { fieldReader, plainPath, type FieldValue } from "./fields.ts";
import { compilePlainTest } from "./plain-test.ts";
import { eachTest, type Condition, type Policy } from "./policy.ts";

/** Knows of an alert which policies are worth asking, so that the cost does not grow with those that are not. */
export interface PolicyIndex {
  /**
   * Goes through the places of all policies that may take the alert, and of some that won't, in their order, for as
   * long as `ask` says so.
   */
  ask(alert: Pick<Alert, "document">, ask: (place: number) => boolean): void;
}

/**
 * A policy stands under values, of which the alert must have one (`rule.id` 5710), and under the levels at which it
 * has to be asked whatever the values are. So it takes at most an entry for each value in the config, and one for
 * each level; nothing is remembered of the alerts.
 */
export function indexPolicies(policies: readonly Policy[]): PolicyIndex {
  const crowdOf = crowdsIn(policies);
  const byField = new Map<string, Map<string, number[]>>();
  const byLevel: number[][] = Array.from({ length: LEVELS.length + 1 }, () => []);
  policies.forEach((policy, place) => {
    const { under, levels } = keyOf(policy, crowdOf);
    for (const { field, values } of under) {
      const places = within(byField, field, () => new Map<string, number[]>());
      for (const value of values) {
        const there = within(places, value, () => []);
        // A value can be written twice.
        if (there.at(-1) !== place) there.push(place);
      }
    }
    // Nearly every policy that stands under values is asked at no level.
    if (levels === NO_LEVEL) return;
    byLevel.forEach((there, n) => {
      if ((levels & (1 << n)) !== 0) there.push(place);
    });
  });
  const fields = [...byField].map(([field, places]) => ({ read: fieldReader(field), places }));
  const readLevel = fieldReader(LEVEL_FIELD);
  const ofLevel = new Map(LEVELS.map((level, n) => [level, byLevel[n] ?? []]));
  const ofOtherLevel = byLevel[LEVELS.length] ?? [];
  return {
    ask(alert, ask) {
      const level = readLevel(alert);
      const open = (typeof level === "string" ? ofLevel.get(level) : undefined) ?? ofOtherLevel;
      const found: Found = { one: NONE, more: null };
      for (const { read, places } of fields) find(places, read(alert), found);
      askInOrder(inOrder(found), open, ask);
    },
  };
}

const LEVEL_FIELD = "rule.level";
/** As Wazuh writes them. An alert with anything else there is asked about as if all were possible. */
const LEVELS: readonly string[] = Array.from({ length: 17 }, (_, level) => String(level));
const NO_LEVEL = 0;
const OTHER_LEVEL = 1 << LEVELS.length;
const ANY_LEVEL = 2 * OTHER_LEVEL - 1;

const NONE: readonly number[] = [];

/** The lists that an alert's values lead to, each once: mostly there is none, or one. */
interface Found {
  one: readonly number[];
  more: Set<readonly number[]> | null;
}

function find(places: ReadonlyMap<string, readonly number[]>, value: FieldValue, found: Found): void {
  if (value === undefined) return;
  if (typeof value === "string") add(places.get(value), found);
  else for (const item of value) add(places.get(item), found);
}

function add(places: readonly number[] | undefined, found: Found): void {
  if (places === undefined || places === found.one) return;
  if (found.one === NONE) found.one = places;
  else (found.more ??= new Set([found.one])).add(places);
}

function inOrder({ one, more }: Found): readonly number[] {
  return more === null ? one : [...more].flat().sort((a, b) => a - b);
}

/** Two lists as if they were one; a place that stands there several times is asked once. */
function askInOrder(some: readonly number[], others: readonly number[], ask: (place: number) => boolean): void {
  let asked = -1;
  for (let [s, o] = [0, 0]; ;) {
    const one = some[s] ?? Infinity;
    const other = others[o] ?? Infinity;
    const next = Math.min(one, other);
    if (next === Infinity) return;
    if (one === next) s += 1;
    if (other === next) o += 1;
    if (next === asked) continue;
    asked = next;
    if (!ask(next)) return;
  }
}

/** What an alert must have for a policy to be asked: one of the values, or one of the levels. */
interface Key {
  readonly under: readonly Values[];
  /** A bit for each of `LEVELS`, and one for everything else. */
  readonly levels: number;
}

interface Values {
  readonly field: string;
  readonly values: readonly string[];
}

/** The key of a part of a condition. */
interface PartKey extends Key {
  /** The levels at which it can hold when nothing is known of the values. */
  readonly open: number;
}

/** How many tests name one of the values. */
type CrowdOf = (under: readonly Values[]) => number;

function keyOf({ when, clear, after }: Policy, crowdOf: CrowdOf): Key {
  const key = partKey(when, true, crowdOf);
  if (clear === null && after === undefined) return key;
  return anyOf([
    key,
    ...[clear, after].flatMap((of) => (of === null || of === undefined ? [] : [partKey(of, true, crowdOf)])),
  ]);
}

/** For the condition, or for its opposite where `holds` is false. */
function partKey(condition: Condition, holds: boolean, crowdOf: CrowdOf): PartKey {
  switch (condition.kind) {
    case "always":
      return holds ? AT_ANY_LEVEL : atLevels(NO_LEVEL);
    case "all":
    case "any": {
      const parts = condition.of.map((part) => partKey(part, holds, crowdOf));
      return (condition.kind === "all") === holds ? allOf(parts, crowdOf) : anyOf(parts);
    }
    case "not":
      return partKey(condition.of, !holds, crowdOf);
    case "field": {
      const { test } = condition;
      const field = plainPath(condition.path);
      if (field === LEVEL_FIELD && test.kind !== "regex") {
        const passes = compilePlainTest(test);
        let levels = OTHER_LEVEL;
        LEVELS.forEach((level, n) => {
          if (passes(level) === holds) levels |= 1 << n;
        });
        return atLevels(levels);
      }
      if (test.kind !== "one_of" || !holds) return AT_ANY_LEVEL;
      return { under: [{ field, values: test.values }], levels: NO_LEVEL, open: ANY_LEVEL };
    }
  }
}

function atLevels(levels: number): PartKey {
  return { under: [], levels, open: levels };
}

const AT_ANY_LEVEL = atLevels(ANY_LEVEL);

/** Every part must hold: one of them is enough of a key, within the levels of all. */
function allOf(parts: readonly PartKey[], crowdOf: CrowdOf): PartKey {
  const open = parts.reduce((levels, part) => levels & part.open, ANY_LEVEL);
  let best = atLevels(open);
  for (const part of parts) {
    const key = { under: part.under, levels: part.levels & open, open };
    if (isNarrower(key, best, crowdOf)) best = key;
  }
  return best;
}

/** One part is enough to hold, so that an alert has to be looked for under the keys of all. */
function anyOf(parts: readonly PartKey[]): PartKey {
  const open = parts.reduce((levels, part) => levels | part.open, NO_LEVEL);
  const levels = parts.reduce((sum, part) => sum | part.levels, NO_LEVEL);
  // Asked at all levels anyway: what else it stands under would only be looked up in vain.
  if (levels === open) return atLevels(open);
  return { under: parts.flatMap((part) => part.under), levels, open };
}

/** Fewer levels before all; then rarer values, where nothing is rarer than none. */
function isNarrower(key: PartKey, than: PartKey, crowdOf: CrowdOf): boolean {
  const [levels, others] = [count(key.levels), count(than.levels)];
  if (levels !== others || than.under.length === 0) return levels < others;
  return crowdOf(key.under) < crowdOf(than.under);
}

function count(levels: number): number {
  let bits = 0;
  for (let left = levels; left !== 0; left &= left - 1) bits += 1;
  return bits;
}

/** Counted when it is asked for: most configs never leave a choice. */
function crowdsIn(policies: readonly Policy[]): CrowdOf {
  let counted: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined;
  return (under) => {
    const crowds = (counted ??= countValues(policies));
    let sum = 0;
    for (const { field, values } of under) {
      for (const value of values) sum += crowds.get(field)?.get(value) ?? 0;
    }
    return sum;
  };
}

function countValues(policies: readonly Policy[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const crowds = new Map<string, Map<string, number>>();
  eachTest(policies, (path, test) => {
    if (test.kind !== "one_of") return;
    const ofField = within(crowds, plainPath(path), () => new Map<string, number>());
    for (const value of test.values) ofField.set(value, (ofField.get(value) ?? 0) + 1);
  });
  return crowds;
}

function within<Value>(map: Map<string, Value>, key: string, fresh: () => Value): Value {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = fresh();
  map.set(key, made);
  return made;
}
