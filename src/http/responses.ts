import type { Action, ActionState } from "../core/action.ts";

/** What is known of responses. All of them are Wazuh's own: this version carries out none. */
export interface ResponseReport {
  readonly counts: Readonly<Record<SeenState, number>>;
  /** In force as far as anybody knows, those overdue first, the oldest of each first: as many as a screen shows. */
  readonly inForce: readonly Action[];
}

/** What was only held back because a response may have done it is none. */
export type SeenState = Exclude<ActionState, "awaited" | "explained">;

export const RESPONSES_SHOWN = 10;

export function reportResponses(
  counts: Readonly<Record<ActionState, number>>,
  overdue: readonly Action[],
  received: readonly Action[],
): ResponseReport {
  const { awaited: _, explained: __, ...seen } = counts;
  return { counts: seen, inForce: [...overdue, ...received].slice(0, RESPONSES_SHOWN) };
}
