import type { Policy } from "./policy.ts";
import { isEverybody, isNobody, TOLD_LEVELS, wantedIds, wantedIdsByLevel, type Ids } from "./refusal-table.ts";

/**
 * What the policies spare us from parsing, a sentence for each stretch of levels, and what is parsed whatever they say:
 * `always`, in the words that follow "lines".
 */
export function explainRefusal(policies: readonly Policy[], always: string | null = null): readonly string[] {
  const stretches = stretchesOf(wantedIdsByLevel(policies));
  const [only] = stretches;
  if (only !== undefined && stretches.length === 1 && isEverybody(only.wanted)) {
    const names = policies.filter((policy) => isEverybody(wantedIds(policy, 0))).map((policy) => policy.terms.name);
    return [`every line is parsed: ${listed(names)} may match at any level and for any rule`];
  }
  const spared = stretches.flatMap((stretch) => {
    const { wanted } = stretch;
    if (isEverybody(wanted)) return [];
    const lines = `lines${levelsOf(stretch)}`;
    if (isNobody(wanted)) return [`${lines} are not parsed`];
    if (wanted.kind === "in") return [`${lines} are not parsed, except ${rules(wanted.ids)}`];
    return [`${lines} are not parsed when they are of ${rules(wanted.ids)}`];
  });
  return always === null ? spared : [...spared, `lines ${always} are always parsed`];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly wanted: Ids;
}

function stretchesOf(wanted: readonly Ids[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  wanted.forEach((ids, level) => {
    const last = stretches.at(-1);
    if (last === undefined || !isSame(last.wanted, ids)) stretches.push({ from: level, to: level, wanted: ids });
    else stretches[stretches.length - 1] = { ...last, to: level };
  });
  return stretches;
}

function isSame(a: Ids, b: Ids): boolean {
  return a.kind === b.kind && a.ids.size === b.ids.size && a.ids.isSubsetOf(b.ids);
}

function levelsOf({ from, to }: Stretch): string {
  if (to === TOLD_LEVELS - 1) return from === 0 ? "" : ` of level ${from} and above`;
  if (from === 0) return ` below level ${to + 1}`;
  return from === to ? ` of level ${from}` : ` of level ${from} to ${to}`;
}

function rules(ids: ReadonlySet<string>): string {
  return `${ids.size === 1 ? "rule" : "rules"} ${listed([...ids])}`;
}

const LISTED_MOST = 12;

function listed(names: readonly string[]): string {
  const left = names.length - LISTED_MOST;
  return names.slice(0, LISTED_MOST).join(", ") + (left > 0 ? ` and ${left} more` : "");
}
