import type { AuditFault } from "../../core/audit-verify.ts";

/** A seal that somebody kept elsewhere. */
export interface Anchor {
  readonly segment: number;
  readonly hash: string;
}

/** What is wrong with the seals that were kept: one is another here (`wrong`), or is not here; null: nothing. */
export function anchorFault(wrong: number | null, missing: number | null): AuditFault | null {
  const segment = wrong ?? missing;
  if (segment === null) return null;
  const says =
    wrong === null
      ? `segment ${segment} was sealed once, and is not here`
      : `the seal of segment ${segment} is not the one that was kept`;
  return { segment, row: null, says: `${says}: this is another state, or an older one that was put back` };
}
