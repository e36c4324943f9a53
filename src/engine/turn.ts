import type { Change } from "../core/change.ts";
import type { Result } from "../core/input.ts";
import type { Draft } from "./draft.ts";

/** What was decided and committed together. */
export interface Turn {
  readonly results: readonly Result[];
  readonly changes: readonly Change[];
  /** Attempts that the letters end, by destination. */
  readonly ended: ReadonlyMap<string, ReadonlySet<number>>;
  /** Null: it was committed without a plan. */
  readonly draft: Draft | null;
}
