import type { Alert } from "./alert.ts";
import { fieldReader, namesOf, type FieldValue } from "./fields.ts";
import { compilePlainTest } from "./plain-test.ts";
import type { Condition, Policy } from "./policy.ts";

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
  const crowds = crowdsOf(policies);
  const byField = new Map<string, Map<string, number[]>>();
  const byLevel: number[][] = Array.from({ length: LEVELS.length + 1 }, () => []);
  policies.forEach((policy, place) => {
    const { under, levels } = keyOf(policy, crowds);
    for (const { field, values } of under) {
      const places = within(byField, field, () => new Map<string, number[]>());
      for (const value of values) {
        const there = within(places, value, () => []);
        // A value can be written twice.
        if (there.at(-1) !== place) there.push(place);
      }
    }
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

/** The key of a part of a condition, and how it compares with others. */
interface PartKey extends Key {
  /** The levels at which it can hold when nothing is known of the values. */
  readonly open: number;
  /** How many policies stand under the values at most. */
  readonly crowd: number;
}

type Crowds = ReadonlyMap<string, ReadonlyMap<string, number>>;

function keyOf(policy: Policy, crowds: Crowds): Key {
  const when = partKey(policy.when, true, crowds);
  return policy.clear === null ? when : anyOf([when, partKey(policy.clear, true, crowds)]);
}

/** For the condition, or for its opposite where `holds` is false. */
function partKey(condition: Condition, holds: boolean, crowds: Crowds): PartKey {
  switch (condition.kind) {
    case "always":
      return atLevels(holds ? ANY_LEVEL : NO_LEVEL);
    case "all":
    case "any": {
      const parts = condition.of.map((part) => partKey(part, holds, crowds));
      return (condition.kind === "all") === holds ? allOf(parts) : anyOf(parts);
    }
    case "not":
      return partKey(condition.of, !holds, crowds);
    case "field": {
      const { test } = condition;
      const field = namesOf(condition.path).join(".");
      if (field === LEVEL_FIELD && test.kind !== "regex") {
        const passes = compilePlainTest(test);
        return atLevels(
          LEVELS.reduce((bits, level, n) => (passes(level) === holds ? bits | (1 << n) : bits), OTHER_LEVEL),
        );
      }
      if (test.kind !== "one_of" || !holds) return atLevels(ANY_LEVEL);
      const crowd = test.values.reduce((sum, value) => sum + (crowds.get(field)?.get(value) ?? 0), 0);
      return { under: [{ field, values: test.values }], levels: NO_LEVEL, open: ANY_LEVEL, crowd };
    }
  }
}

function atLevels(levels: number): PartKey {
  return { under: [], levels, open: levels, crowd: 0 };
}

/** Every part must hold: one of them is enough of a key, within the levels of all. */
function allOf(parts: readonly PartKey[]): PartKey {
  const open = parts.reduce((levels, part) => levels & part.open, ANY_LEVEL);
  let best = atLevels(open);
  for (const part of parts) {
    const key = { ...part, levels: part.levels & open, open };
    if (isNarrower(key, best)) best = key;
  }
  return best;
}

/** One part is enough to hold, so that an alert has to be looked for under the keys of all. */
function anyOf(parts: readonly PartKey[]): PartKey {
  const open = parts.reduce((levels, part) => levels | part.open, NO_LEVEL);
  const levels = parts.reduce((sum, part) => sum | part.levels, NO_LEVEL);
  // Asked at all levels anyway: what else it stands under would only be looked up in vain.
  if (levels === open) return atLevels(open);
  return {
    under: parts.flatMap((part) => part.under),
    levels,
    open,
    crowd: parts.reduce((sum, part) => sum + part.crowd, 0),
  };
}

function isNarrower(key: PartKey, than: PartKey): boolean {
  const [levels, others] = [count(key.levels), count(than.levels)];
  return levels === others ? key.crowd < than.crowd : levels < others;
}

function count(levels: number): number {
  return levels === 0 ? 0 : (levels & 1) + count(levels >>> 1);
}

/** How many tests name a value: of two values that an alert must have, the rarer one leads to fewer policies. */
function crowdsOf(policies: readonly Policy[]): Crowds {
  const crowds = new Map<string, Map<string, number>>();
  const add = (condition: Condition): void => {
    switch (condition.kind) {
      case "always":
        break;
      case "all":
      case "any":
        condition.of.forEach(add);
        break;
      case "not":
        add(condition.of);
        break;
      case "field": {
        if (condition.test.kind !== "one_of") break;
        const field = namesOf(condition.path).join(".");
        const ofField = within(crowds, field, () => new Map<string, number>());
        for (const value of condition.test.values) ofField.set(value, (ofField.get(value) ?? 0) + 1);
      }
    }
  };
  for (const { when, clear } of policies) {
    add(when);
    if (clear !== null) add(clear);
  }
  return crowds;
}

function within<Value>(map: Map<string, Value>, key: string, fresh: () => Value): Value {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = fresh();
  map.set(key, made);
  return made;
}
