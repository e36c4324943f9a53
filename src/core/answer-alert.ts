// What an alert means for responses: what an agent says of one, who got in, and what its policies answer.
import type { ActionSeen } from "./action.ts";
import type { KeptAlert } from "./alert.ts";
import type { Disposition } from "./change.ts";
import type { Context } from "./context.ts";
import { isUnresolved } from "./incident.ts";
import { noteResponse, noteStart, responseOfLine } from "./observe-response.ts";
import { noteSuspect, planResponses, reconsider } from "./plan-response.ts";
import type { View } from "./view.ts";
import type { WindowRef } from "./window.ts";

/** How an alert ended for one of those that it concerns. */
export interface Ended {
  readonly disposition: Disposition;
  readonly incident: number | null;
  /** Where it counts, or counted when that was full. */
  readonly window?: WindowRef;
}

/** Whether it is a line that scripts on agents leave; what is said of a response of ours is no action of Wazuh's own. */
export function lineOf(
  view: View,
  alert: KeptAlert,
): { readonly action: ActionSeen | undefined; readonly isLine: boolean } {
  const isOurs = responseOfLine(view, alert) !== undefined;
  return { action: isOurs ? undefined : alert.action, isLine: isOurs || alert.action !== undefined };
}

/** Adds to `ended` what it was to responses. */
export function answerAlert(view: View, alert: KeptAlert, ended: Ended[], context: Context, woken: Set<string>): void {
  const { said, suspect, echo, agentId } = alert;
  if (said === undefined && suspect === undefined && echo?.kind !== "start") return;
  noteSuspect(view, alert);
  if (echo?.kind === "start" && agentId !== null) noteStart(view, agentId, context, woken);
  const response = responseOfLine(view, alert);
  if (response !== undefined && said !== undefined) {
    noteResponse(view, response, said, alert, context, woken);
    ended.unshift({ disposition: "action_noted", incident: response.incident });
    return;
  }
  for (const match of alert.matches) {
    const incident = view.newestOfGroup(match.policy, match.groupKey);
    const isIts = ended.some((one) => one.incident !== null && one.incident === incident?.id);
    // What nobody sees yet is not answered.
    if (match.respond === undefined || incident === undefined || !isIts) continue;
    if (incident.state !== "pending" && isUnresolved(incident))
      planResponses(view, incident, alert, match, context, woken);
  }
  const [incident = null] = reconsider(view, alert, context, woken);
  if (ended.length === 0 && suspect?.kind === "login") ended.push({ disposition: "login_noted", incident });
}
