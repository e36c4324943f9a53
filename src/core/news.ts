import type { MomentKind } from "./moments.ts";
import type { Instant } from "./time.ts";

/** What changed about an incident. */
export interface News {
  /** Null: only counts and times changed, which matters to those who can edit. */
  readonly moment: { readonly kind: MomentKind; readonly by: string | null; readonly text: string | null } | null;
  /** Destinations that are told of it from now on although their policy names them for nothing else. */
  readonly also?: readonly string[];
  /** By its own time, where it happened earlier than it is noticed. */
  readonly happenedAt?: Instant;
  /** A person did it: that is shown at once also where it is no moment. */
  readonly byPerson?: boolean;
}
