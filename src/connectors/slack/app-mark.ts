/** What a message of ours bears where people don't see it. */
export const MARK_EVENT = "riposte_step";

/** By which it is found again; `card`: which response it asks about. */
export function marked(mark: string, card?: number): object {
  return { event_type: MARK_EVENT, event_payload: { mark, ...(card !== undefined && { card }) } };
}
