import type { Reason } from "./outcome.ts";

/** One thing that a doctor looked at. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** Where one call is why it is not ok: what came of that. */
  readonly reason?: Reason;
  /** It may be meant so: shown to be looked at, and nothing fails for it. */
  readonly doubtful?: true;
  /** What was seen, and where it is not ok what to do. */
  readonly says: string;
}
