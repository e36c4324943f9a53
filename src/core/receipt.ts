import type { Remote } from "./outcome.ts";
import type { Instant } from "./time.ts";

/** What a destination shows of an incident, as far as we know: one row per (incident, destination). */
export interface Receipt {
  readonly incident: number;
  readonly destination: string;
  readonly remote: Remote;
  /** Second copies of ours that are still to be put away, as they were found. */
  readonly twins: readonly string[];
  /** Steps that arrived; the next one is numbered one higher. */
  readonly steps: number;
  /** Moments told, from the first to this one. */
  readonly momentsTold: number;
  /** Digest of the head that is shown there; null: not known for sure. */
  readonly headDigest: string | null;
  /** Steps that were sent again because nobody could tell whether they had arrived. */
  readonly repeats: number;
  readonly firstDoneAt: Instant;
  readonly lastDoneAt: Instant;
}

/** What a step will have brought about once it arrived. */
export interface Plan {
  readonly momentsTold: number;
  readonly headDigest: string | null;
  /** The twins that are then left; undefined: as before. */
  readonly twins?: readonly string[];
}

/** The row committed before a call: what was about to happen, and later what came of it. */
export interface Attempt {
  readonly id: number;
  readonly incident: number;
  readonly destination: string;
  /** Which step of the receipt it is; its mark on the other side is made of it. */
  readonly step: number;
  /** The connector's word for the step: post, create, edit, comment. */
  readonly action: string;
  readonly safeToRepeat: boolean;
  /** Sent although an earlier call of the same step may have arrived. */
  readonly repeat: boolean;
  readonly plan: Plan;
  /** Revision of the incident that the step was made from. */
  readonly revision: number;
  /** Nothing is left to do once the step arrived. */
  readonly completes: boolean;
  readonly beganAt: Instant;
  readonly endedAt: Instant | null;
  readonly outcome: "done" | "later" | "never" | "unknown" | "found" | null;
  readonly reason: string | null;
  readonly evidence: string | null;
}

/** What a mark is made of. */
export interface Mark {
  readonly install: string;
  readonly incident: number;
  readonly destination: string;
  readonly step: number;
}

/** The mark that a step leaves on the other side, by which it can be found again. Letters, digits and hyphens. */
export function markOf(install: string, incident: number, destination: string, step: number): string {
  return `rp-${install}-${incident}-${destination}-${step}`;
}

/** What a mark says it is of; null: it is none. That nothing is behind it yet shows only in the rows. */
export function readMark(text: string): Mark | null {
  const [, install, incident, destination, step] = MARK.exec(text) ?? [];
  if (install === undefined || destination === undefined) return null;
  return { install, incident: Number(incident), destination, step: Number(step) };
}

// The name of a destination may end with a number, as a mark does: the last one is the step's.
const MARK = /^rp-([a-z0-9]{1,40})-([1-9]\d{0,14})-([A-Za-z0-9][A-Za-z0-9-]{0,39})-([1-9]\d{0,8})$/;
