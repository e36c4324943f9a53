import type { Change } from "../core/change.ts";

/** So many attempts of a destination ended so, in the order of the columns of `tally`. */
export type Ends = readonly [destination: string, outcome: string, count: number];

/** An attempt that ended is counted as it is written: once for its outcome, and once more should it be found later. */
export function endsIn(changes: readonly Change[]): readonly Ends[] {
  const ends = new Map<string, Ends>();
  for (const change of changes) {
    if (change.table !== "attempt" || change.row.outcome === null) continue;
    const { destination, outcome } = change.row;
    const key = `${destination}\n${outcome}`;
    ends.set(key, [destination, outcome, (ends.get(key)?.[2] ?? 0) + 1]);
  }
  return [...ends.values()];
}
