import { RESPONSE_ACTIONS, type ResponseAction, type ResponseMode } from "./response.ts";
import type { Snapshot } from "./snapshot.ts";

/** The same config where nothing may be done and nobody be asked: what would be planned is said at once. */
export function rehearsed(snapshot: Snapshot): Snapshot {
  const { guardrails } = snapshot;
  if (guardrails === undefined) return snapshot;
  const modes = Object.fromEntries(RESPONSE_ACTIONS.map((action) => [action, "observe"])) as Record<
    ResponseAction,
    ResponseMode
  >;
  return { ...snapshot, guardrails: { ...guardrails, modes, hasApi: false, rehearses: guardrails.modes } };
}
