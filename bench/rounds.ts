// Two sides of a comparison are measured in turn within each round, so that what else the machine does hits both.

/** What each side of a comparison does in a round. */
export type Sides<Runs> = { readonly [Name in keyof Runs]: () => Promise<Runs[Name]> };

/** The runs of each side, round by round. Every round begins with another side. */
export async function interleave<Runs extends Readonly<Record<string, unknown>>>(
  rounds: number,
  sides: Sides<Runs>,
): Promise<{ readonly [Name in keyof Runs]: readonly Runs[Name][] }> {
  const names = Object.keys(sides) as (keyof Runs)[];
  const runs = {} as { [Name in keyof Runs]: Runs[Name][] };
  for (const name of names) runs[name] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      if (name !== undefined) runs[name].push(await sides[name]());
    }
  }
  return runs;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between two values it is what lies in proportion between them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** The median of the ratios within the rounds: a slow round slows both of its sides. */
export function medianRatio(upper: readonly number[], lower: readonly number[]): number {
  return median(upper.map((value, round) => value / (lower[round] ?? Number.NaN)));
}

/** `1,234 (1,200 to 1,300)`: the median, and between which values the rounds lay. */
export function spread(values: readonly number[], digits = 0): string {
  const text = (value: number): string => grouped(value, digits);
  return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
}

export function grouped(value: number, digits = 0): string {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
