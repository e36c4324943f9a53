import type { StoreKind } from "../sim-database.ts";

/** A bug to plant: `find` stands exactly once in `file`. */
export interface Mutant {
  readonly name: string;
  /** The promises of ARCHITECTURE.md of which one must be seen broken, whichever shows first. */
  readonly invariants: readonly number[];
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The store with which the simulator must find it; SQLite unless it says so. */
  readonly store?: StoreKind;
  /** Where the simulator can't meet it: the file of tests of which one must fail. */
  readonly tests?: string;
}
