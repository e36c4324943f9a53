import type { Action, ActionState } from "../core/action.ts";
import type { ResponseCounts } from "../store/respond-queries.ts";

/** What is known of responses: Wazuh's own, and how many of Riposte's there are in each state. */
export interface ResponseReport {
  readonly counts: Readonly<Record<SeenState, number>>;
  /** In force as far as anybody knows, those overdue first, the oldest of each first: as many as a screen shows. */
  readonly inForce: readonly Action[];
  readonly own: ResponseCounts;
}

/** What was only held back because a response may have done it is none. */
export type SeenState = Exclude<ActionState, "awaited" | "explained" | "ours">;

export const RESPONSES_SHOWN = 10;

export function reportResponses(
  counts: Readonly<Record<ActionState, number>>,
  overdue: readonly Action[],
  received: readonly Action[],
  own: ResponseCounts = {},
): ResponseReport {
  const { awaited: _, explained: __, ours: ___, ...seen } = counts;
  return { counts: seen, inForce: [...overdue, ...received].slice(0, RESPONSES_SHOWN), own };
}
