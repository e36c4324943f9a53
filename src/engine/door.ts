import type { Change } from "../core/change.ts";
import type { Input, Result } from "../core/input.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { DestinationSettings } from "../connectors/connector.ts";
import type { Job } from "./job.ts";

/** A config as the Writer decides and plans by it. */
export interface Setup {
  /** Counts the configs of one life of the engine. */
  readonly generation: number;
  readonly snapshot: Snapshot;
  readonly destinations: readonly DestinationSettings[];
}

/** The way to the database for everybody who decides or does: no one else holds a transaction. */
export interface WriterDoor {
  /** Decides the input and answers after its commit. Rejects when the commit failed: then nothing of it happened. */
  submit(input: Input): Promise<Result>;
  /** From the next turn on, decisions and plans follow this config. Rejects when it could not be kept: nothing changed. */
  follow(setup: Setup): Promise<void>;
  /** From now on whatever is due is begun: committed, then handed to `perform`. */
  work(perform: Perform): Promise<void>;
  /** Begins nothing more. What was begun has been handed over when this answers. */
  rest(): Promise<void>;
  /** Answers when the loop turns and the database takes statements. */
  check(): Promise<void>;
  /** Commits what is waiting and lets go of the database. */
  close(): Promise<void>;
}

/** Takes jobs whose beginning has just been committed. Each must end in a `settle`, a `looked` or a `swept`. */
export type Perform = (jobs: readonly Job[]) => void;

/** What was committed, for those who log and count. Called after the commit, in order. */
export type Committed = (changes: readonly Change[]) => void;
