import type { Change, RetentionRow } from "../core/change.ts";
import type { Input, Result } from "../core/input.ts";
import type { Moment } from "../core/moments.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Work } from "../core/work.ts";
import type { StoreAddress } from "../store/open.ts";
import type { Setup } from "./door.ts";
import type { Job } from "./job.ts";

/** What goes to the Writer's thread. Requests are numbered; several travel in one message. */
export type ToWriter =
  | { readonly kind: "submit"; readonly id: number; readonly input: Input }
  | { readonly kind: "follow"; readonly id: number; readonly setup: Setup }
  | { readonly kind: "work" | "rest" | "check" | "close"; readonly id: number };

/** What comes back. Answers of one turn travel together. */
export type FromWriter =
  | { readonly kind: "opened" }
  | { readonly kind: "not_opened"; readonly code: string; readonly message: string }
  | { readonly kind: "answered"; readonly id: number; readonly value: Result | null }
  | { readonly kind: "failed"; readonly id: number; readonly message: string }
  | { readonly kind: "perform"; readonly jobs: readonly Job[] }
  | { readonly kind: "told"; readonly news: CommittedNews }
  /** A connector threw at an incident: only the error's class, since its message may hold anything. */
  | { readonly kind: "failed_to_draw"; readonly destination: string; readonly incident: number; readonly error: string }
  /** The way to the database is lost for good. */
  | { readonly kind: "lost"; readonly message: string }
  /** Planning or housekeeping failed and will be tried again. */
  | { readonly kind: "troubled"; readonly message: string };

/** The part of a commit that logs and counters want to hear of. */
export interface CommittedNews {
  readonly moments: readonly Moment[];
  readonly deadLetters: readonly Work[];
  /** Absent: nothing was taken away. */
  readonly retention?: RetentionRow;
}

export function newsOf(changes: readonly Change[]): CommittedNews {
  const moments: Moment[] = [];
  const deadLetters: Work[] = [];
  let retention: RetentionRow | null = null;
  for (const change of changes) {
    if (change.table === "moment") moments.push(change.row);
    else if (change.table === "work" && change.row.state === "dead") deadLetters.push(change.row);
    else if (change.table === "retention") retention = change.row;
  }
  return { moments, deadLetters, ...(retention !== null && { retention }) };
}

/** What the thread is started with. */
export interface WriterThreadData {
  /** A connection string may be in it: never to be logged. */
  readonly store: StoreAddress;
  /** Until another is followed. */
  readonly snapshot: Snapshot;
}
