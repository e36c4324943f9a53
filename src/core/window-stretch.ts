import { ENDS_KEPT, type Contribution, type CountTerms, type Distinct, type SequenceTerms } from "./window.ts";
import type { Instant } from "./time.ts";

/** Of a window that has just filled. */
export interface Filled {
  /** Its alerts from here on, by event time. */
  readonly fromAt: Instant;
  readonly lastAt: Instant;
  readonly count: number;
  readonly worstLevel: number;
}

export type Counting = CountTerms | SequenceTerms;

/** What lies further back than this counts with nothing that may still come. */
export function horizonOf(newestAt: Instant, { withinMs, latenessMs }: Counting): Instant {
  return newestAt - withinMs - latenessMs;
}

/** With one more, at its place in event time; behind those of the same time, since it came later. */
export function withContribution(
  contributions: readonly Contribution[],
  one: Contribution,
  terms: Counting,
): readonly Contribution[] {
  const newestAt = Math.max(one.at, contributions.at(-1)?.at ?? 0);
  const horizon = horizonOf(newestAt, terms);
  const kept = contributions.filter(({ at }) => at >= horizon);
  let place = kept.length;
  while (place > 0 && kept[place - 1]!.at > one.at) place -= 1;
  kept.splice(place, 0, one);
  return within(kept, terms);
}

/**
 * Whether `one`, which is among them, belongs to a stretch that fills the window. A stretch is as long as the window
 * and lies anywhere in event time: what is read late may fill one that ended before the newest.
 */
export function filledBy(contributions: readonly Contribution[], one: Contribution, terms: Counting): Filled | null {
  const fromAt =
    terms.kind === "count" ? countedFrom(contributions, one, terms) : sequenceFrom(contributions, one, terms);
  if (fromAt === null) return null;
  const belonging = contributions.filter(({ at }) => at >= fromAt);
  return {
    fromAt,
    lastAt: belonging.at(-1)!.at,
    count: belonging.reduce((sum, { stands }) => sum + stands, 0),
    worstLevel: Math.max(...belonging.map(({ level }) => level)),
  };
}

function countedFrom(contributions: readonly Contribution[], one: Contribution, terms: CountTerms): Instant | null {
  const { withinMs } = terms;
  for (const { at: fromAt } of contributions) {
    if (fromAt < one.at - withinMs) continue;
    if (fromAt > one.at) return null;
    const stretch = contributions.filter(({ at }) => at >= fromAt && at - fromAt <= withinMs);
    if (isEnough(stretch, terms)) return fromAt;
    // Those that begin later and end with the newest as well are parts of this one.
    if (stretch.at(-1) === contributions.at(-1)) return null;
  }
  return null;
}

function sequenceFrom(contributions: readonly Contribution[], one: Contribution, terms: SequenceTerms): Instant | null {
  const { withinMs } = terms;
  const ends = one.ends
    ? [one]
    : contributions.filter(({ ends: isEnd, at }) => isEnd && at >= one.at && at - one.at <= withinMs);
  for (const end of ends) {
    const before = contributions.filter(({ ends: isEnd, at }) => !isEnd && at <= end.at && end.at - at <= withinMs);
    if (isEnough(before, terms)) return before[0]!.at;
  }
  return null;
}

function isEnough(stretch: readonly Contribution[], { count, distinct }: Counting): boolean {
  return stretch.length >= count && distinct.every(({ least }, i) => differentIn(stretch, i) >= least);
}

/** How many different values the nth of the fields has. */
export function differentIn(stretch: readonly Contribution[], n: number): number {
  const values = new Set<string>();
  for (const { values: of } of stretch) {
    const value = of[n] ?? null;
    if (value !== null) values.add(value);
  }
  return values.size;
}

/**
 * Forgets one where there are more than decide anything. The newest `count` are enough to count by, as many again for
 * what is read late, and of each field the newest of as many different values as are asked for; what is neither goes,
 * the oldest first. Who floods one key costs no more than that.
 */
function within(contributions: Contribution[], { count, distinct }: Counting): readonly Contribution[] {
  const ends = contributions.filter((one) => one.ends);
  if (ends.length > ENDS_KEPT) return forget(contributions, contributions.indexOf(ends[0]!));
  const counted = contributions.length - ends.length;
  if (counted <= 2 * count + distinct.reduce((sum, { least }) => sum + least, 0)) return contributions;
  const needed = neededFor(contributions, distinct);
  return forget(
    contributions,
    contributions.findIndex((one, i) => !one.ends && !needed.has(i)),
  );
}

/** Places of those that have one of the newest different values, as many as are asked for. */
function neededFor(contributions: readonly Contribution[], distinct: readonly Distinct[]): ReadonlySet<number> {
  const needed = new Set<number>();
  distinct.forEach(({ least }, n) => {
    const seen = new Set<string>();
    for (let i = contributions.length - 1; i >= 0 && seen.size < least; i -= 1) {
      const { ends, values } = contributions[i]!;
      const value = values[n] ?? null;
      if (ends || value === null || seen.has(value)) continue;
      seen.add(value);
      needed.add(i);
    }
  });
  return needed;
}

/** The one after it stands for it as well, so that an incident says how many there were. */
function forget(contributions: readonly Contribution[], place: number): readonly Contribution[] {
  const gone = contributions[place]!;
  const heir = contributions[place + 1];
  if (heir === undefined) return contributions.filter((_, i) => i !== place);
  return contributions.flatMap((one, i) =>
    i === place ? [] : i === place + 1 ? [{ ...heir, stands: heir.stands + gone.stands }] : [one],
  );
}
