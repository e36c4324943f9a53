import type { AcceptInput, Result } from "../core/input.ts";
import type { Instant } from "../core/time.ts";
import type { SenderStatus } from "../ports/intake.ts";

/** Where alerts come from. It reads no faster than the Writer takes, and never past what was committed. */
export interface Source {
  readonly name: string;
  /** No timer fires while it is starting, since it may know what ends an incident of another's. */
  readonly beforeTimers?: boolean;
  /** How far its watermark stays behind now where it has read all there is, if that is more than moments. */
  readonly heldBackMs?: number;
  /** Begins at the bookmark that was committed last; null: it never ran here. */
  start(cursor: string | null): void;
  /** Stops reading; resolves once everything that was handed over is answered. */
  drain(): Promise<void>;
  /**
   * How far what is stored reaches in event time: at the end of all there is, nearly to the last look that found it so.
   * `reportedAt` is when it was last able to go on; a source that waits for the Writer is. Null before it ever was.
   */
  watermark(): { readonly at: Instant; readonly reportedAt: Instant } | null;
  status(): SourceStatus;
  /** Wazuh's nodes from which something came in this life, each with when it last did; absent: nobody looks. */
  nodesHeard?(): ReadonlyMap<string, Instant>;
}

export interface SourceStatus {
  readonly state: "starting" | "reading" | "at_end" | "missing" | "unreadable" | "stopped";
  /** For people: what is wrong and what to do; null where nothing is. */
  readonly trouble: string | null;
  /** What it waits for before it begins, as it should; absent: it waits for nothing of the kind. */
  readonly waitsFor?: string;
  /** Bytes that are there and not yet handed over; null where that can't be told. */
  readonly behindBytes: number | null;
  /** Only of a source that is sent to. */
  readonly sender?: SenderStatus;
}

/** Hands a stretch to the Writer; resolves after the commit. */
export type Accept = (stretch: AcceptInput) => Promise<unknown>;

/** The same for who wants to know what became of it. */
export type AcceptCounted = (stretch: AcceptInput) => Promise<Result>;
