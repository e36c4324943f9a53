/** A bug to plant: `find` stands exactly once in `file`. */
export interface Mutant {
  readonly name: string;
  /** The promises of ARCHITECTURE.md of which one must be seen broken, whichever shows first. */
  readonly invariants: readonly number[];
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
