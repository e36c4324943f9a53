import type { IndexerFailure } from "../wazuh/indexer/indexer-failure.ts";
import type { IndexerTrouble } from "./indexer-event.ts";

/** How a look ended. */
export type Ended =
  /** All that was visible when it began is stored. */
  | { readonly kind: "at_end" }
  /** There is more behind what was read. */
  | { readonly kind: "more" }
  /** The view was lost: the next look goes on from the bookmark, in another one. */
  | { readonly kind: "lost" }
  | { readonly kind: "stopped" }
  | EndedInTrouble;

export interface EndedInTrouble {
  readonly kind: "trouble";
  readonly trouble: IndexerTrouble;
  /** What the indexer asked for. */
  readonly retryAfterMs: number | null;
}

export const AT_END: Ended = { kind: "at_end" };
export const MORE: Ended = { kind: "more" };
export const LOST: Ended = { kind: "lost" };
export const STOPPED: Ended = { kind: "stopped" };

export function inTrouble(trouble: IndexerTrouble, retryAfterMs: number | null = null): EndedInTrouble {
  return { kind: "trouble", trouble, retryAfterMs };
}

export function notRead({ says, retryAfterMs }: IndexerFailure): EndedInTrouble {
  return inTrouble({ kind: "not_read", says }, retryAfterMs);
}
