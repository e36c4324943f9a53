import { digestOf } from "./digest.ts";
import type { Policy } from "./policy.ts";
import { isEverybody, isNobody, TOLD_LEVELS, wantedIdsByLevel, withIds, type Ids } from "./refusal-table.ts";

/**
 * Which lines no policy can want, as far as level and rule id tell: plain, so that whoever reads the lines on another
 * machine can refuse them there.
 */
export interface LineFilter {
  readonly v: 1;
  /** By rising level, from 0; the last one holds for all above it that are told apart. */
  readonly levels: readonly LevelFilter[];
}

export interface LevelFilter {
  /** From this level on, up to the next one's. */
  readonly from: number;
  /** `others`: unless the rule's id is listed; `listed`: if it is. */
  readonly refuse: "none" | "all" | "others" | "listed";
  readonly ids: readonly number[];
}

/** The filter in force, with a short name for telling whether it is still the same. */
export interface NamedFilter {
  readonly etag: string;
  readonly filter: LineFilter;
}

/** Rules in `always` are wanted whatever the policies say. */
export function lineFilterOf(policies: readonly Policy[], always: ReadonlySet<string> = new Set()): LineFilter {
  const byPolicies = wantedIdsByLevel(policies);
  // Levels that are one to the policies share what is wanted at them.
  const known = new Map([...new Set(byPolicies)].map((of) => [of, levelFilter(withIds(of, always))]));
  const levels: LevelFilter[] = [];
  let last: Ids | null = null;
  for (const [level, of] of byPolicies.entries()) {
    if (of !== last) levels.push({ from: level, ...known.get(of)! });
    last = of;
  }
  return { v: 1, levels };
}

export function namedFilter(filter: LineFilter): NamedFilter {
  return { etag: digestOf(JSON.stringify(filter)), filter };
}

/** Null where it is none, or one of a later version: then every line is wanted. */
export function readLineFilter(value: unknown): LineFilter | null {
  if (!isRecord(value) || value["v"] !== 1 || !Array.isArray(value["levels"])) return null;
  const levels: readonly unknown[] = value["levels"];
  let before = -1;
  for (const level of levels) {
    if (!isLevelFilter(level) || level.from <= before) return null;
    before = level.from;
  }
  return { v: 1, levels: levels as readonly LevelFilter[] };
}

const PLAIN_ID = /^(?:0|[1-9]\d{0,8})$/;

function levelFilter(wanted: Ids): Omit<LevelFilter, "from"> {
  if (isEverybody(wanted)) return { refuse: "none", ids: [] };
  if (isNobody(wanted)) return { refuse: "all", ids: [] };
  // An id that is no plain number is never refused by its id (readRuleId), so it need not be listed.
  const ids = [...wanted.ids].filter((id) => PLAIN_ID.test(id)).map(Number);
  return { refuse: wanted.kind === "in" ? "others" : "listed", ids: ids.toSorted((a, b) => a - b) };
}

function isLevelFilter(value: unknown): value is LevelFilter {
  if (!isRecord(value)) return false;
  const { from, refuse, ids } = value;
  return (
    isCount(from) &&
    from < TOLD_LEVELS &&
    (refuse === "none" || refuse === "all" || refuse === "others" || refuse === "listed") &&
    Array.isArray(ids) &&
    ids.every(isCount)
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
