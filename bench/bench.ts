/** One promise about speed or memory, measured. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  run(setting: Setting): Promise<Findings>;
}

export interface Setting {
  /** Less data and shorter waits; still enough rounds for a median. */
  readonly quick: boolean;
  /** Gigabytes in place of hundreds of megabytes. */
  readonly large: boolean;
  readonly rounds: number;
  /** Empty, for this bench alone, gone after it. */
  readonly folder: string;
}

export interface Findings {
  /** What was found to be right before anything was measured by it. */
  readonly correct: readonly string[];
  readonly goals: readonly Goal[];
  readonly figures: readonly Figure[];
  /** What a reader has to know to read the figures right. */
  readonly notes: readonly string[];
}

export interface Goal {
  readonly what: string;
  readonly reached: number;
  readonly bound: { readonly kind: "at_least" | "at_most"; readonly value: number };
  readonly unit: string;
  /** Why it is out of reach as things are. It is shown as missed all the same, but does not make the run red. */
  readonly missedBecause?: string;
}

export interface Figure {
  readonly what: string;
  readonly value: string;
}

/** What was done is wrong, so how fast it was done is of no interest. */
export class IncorrectError extends Error {
  override readonly name = "IncorrectError";
}

export function mustHold(holds: boolean, what: string): string {
  if (!holds) throw new IncorrectError(what);
  return what;
}

export function mustEqual(what: string, saw: number, expected: number): string {
  return mustHold(saw === expected, `${what}: ${saw}${saw === expected ? "" : ` where ${expected} were expected`}`);
}

/** How much of the goal is reached; 1 and more: all of it. */
export function shareOfGoal({ reached, bound }: Goal): number {
  return bound.kind === "at_least" ? reached / bound.value : bound.value / reached;
}
