import type { Change } from "../core/change.ts";
import type { Input, Result } from "../core/input.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Claim, ClaimQuery } from "../store/store.ts";

/** The way to the database for everybody who decides or does: no one else holds a transaction. */
export interface WriterDoor {
  /** Made when the database was created; part of every mark. */
  readonly install: string;
  /** Decides the input and answers after its commit. Rejects when the commit failed: then nothing of it happened. */
  submit(input: Input): Promise<Result>;
  /** Work of a destination that is due, as it is after everything submitted before. Changes nothing. */
  claim(query: ClaimQuery): Promise<Claim>;
  /** From the next turn on, decisions follow this config. */
  follow(snapshot: Snapshot): Promise<void>;
  /** Commits what is waiting and lets go of the database. */
  close(): Promise<void>;
}

/** What was committed, for those who log and count. Called after the commit, in order. */
export type Committed = (changes: readonly Change[]) => void;
