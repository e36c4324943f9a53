import type { Snapshot } from "./snapshot.ts";
import type { Instant } from "./time.ts";
import type { OffsetAt } from "./weekly-window.ts";

/** What a decision may leave to chance. */
export interface Chances {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A name that nobody can guess; absent: made of `random`. */
  readonly newToken?: (() => string) | undefined;
}

/** What a decision may know besides its input and the facts. */
export interface Context extends Chances {
  readonly now: Instant;
  readonly snapshot: Snapshot;
  /** Whose marks are ours; absent: nobody's. */
  readonly install?: string;
  /** When the database was last put back to an older state; null or absent: never. */
  readonly restoredAt?: Instant | null;
  /** Absent: no calendar is at hand, and whatever asks for one is in doubt. */
  readonly offsetAt?: OffsetAt;
}
