import type { Instant } from "../core/time.ts";

/** What a sender hands over in one request, unpacked. */
export interface Batch {
  readonly body: Buffer;
  /** `lines`: whatever stands in each line. `values`: JSON, however it is laid out. */
  readonly framing: "lines" | "values";
  /** The node that the sender reads from, as it names it; null: it does not say. */
  readonly node: string | null;
  /** Where the sender stands at the end of its file: everything up to this event time has been sent. */
  readonly readTo: Instant | null;
  /** Lines that the sender refused where it read them, since its last batch that was answered. */
  readonly ignored: number;
  readonly malformed: number;
}

/** What became of a batch. */
export type Taken =
  | TakenBatch
  /** Nothing of it was taken, and nothing of it ever will be. */
  | { readonly kind: "refused"; readonly says: string }
  /** Nothing of it was taken for now. */
  | { readonly kind: "busy"; readonly says: string }
  /** Some of it may be stored: sent again it does no harm. */
  | { readonly kind: "not_stored"; readonly says: string };

export interface TakenBatch {
  readonly kind: "taken";
  readonly read: number;
  readonly kept: number;
  readonly duplicate: number;
  readonly ignored: number;
  readonly malformed: number;
  /** The first of those that were malformed. */
  readonly refused: readonly RefusedLine[];
}

export interface RefusedLine {
  /** From 1; of JSON that is not laid out in lines, its values are counted. */
  readonly line: number;
  readonly why: string;
}

/** Where alerts are handed in: one for each sender. */
export interface Intake {
  /** The source under which its alerts are counted. */
  readonly name: string;
  /** Whose alerts it takes. */
  readonly sender: string;
  /** Answers after the commit. */
  take(batch: Batch): Promise<Taken>;
  /** A request of this sender never became a batch. */
  notRead(says: string): void;
}

/** What is known of a sender in this life of the process. */
export interface SenderStatus {
  /** Null: not yet. */
  readonly heardAt: Instant | null;
  readonly lastBatch: { readonly at: Instant; readonly read: number; readonly kept: number } | null;
  /** It says how far it has read, alerts or no alerts: so its silence is a sign. */
  readonly beats: boolean;
  /** Its last request was refused as a whole; null: it was not. */
  readonly refused: { readonly since: Instant; readonly says: string } | null;
}
