import type { Severity } from "./severity.ts";
import type { Instant } from "./time.ts";

/** `repeated`: nobody has acknowledged it, and it is told once more; `unanswered`: for that reason others hear of it. */
export type MomentKind =
  | "opened"
  | "escalated"
  | "reopened"
  | "repeated"
  | "unanswered"
  | "acknowledged"
  | "note"
  | "action"
  | "resolved";

/** One thing that happened to an incident and is worth telling once. Append-only, numbered from 1. */
export interface Moment {
  readonly incident: number;
  readonly n: number;
  readonly kind: MomentKind;
  readonly at: Instant;
  /** Severity and alert count as they were then. */
  readonly severity: Severity;
  readonly count: number;
  /** Who did it, as a person is named to us, or Wazuh; null: Riposte itself. */
  readonly by: string | null;
  /** Our own words or a person's; null: the kind says it all. */
  readonly text: string | null;
}

/**
 * What is still worth saying of moments that waited together. A reader who hears of an incident only now
 * needs its end, not every step: pairs that cancel out are told as one.
 */
const FOLDED_BY: Readonly<Record<MomentKind, readonly MomentKind[]>> = {
  opened: [],
  escalated: ["escalated", "resolved"],
  reopened: ["reopened"],
  repeated: ["escalated", "reopened", "repeated", "unanswered", "acknowledged", "resolved"],
  unanswered: ["reopened", "unanswered", "acknowledged", "resolved"],
  acknowledged: ["acknowledged", "reopened", "resolved"],
  note: [],
  action: [],
  resolved: ["reopened", "resolved"],
};

/** Moments in order, less those that a later one of the same telling makes old. */
export function foldMoments(moments: readonly Moment[]): readonly Moment[] {
  // From the end, with the kinds that come later: an incident that flaps for days has many thousands.
  const later = new Set<MomentKind>();
  const kept = moments.toReversed().filter(({ kind }) => {
    const isOld = FOLDED_BY[kind].some((other) => later.has(other));
    later.add(kind);
    return !isOld;
  });
  return kept.toReversed();
}
