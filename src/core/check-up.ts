/** One thing that a doctor looked at. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** It may be meant so: shown to be looked at, and nothing fails for it. */
  readonly doubtful?: true;
  /** What was seen, and where it is not ok what to do. */
  readonly says: string;
}
