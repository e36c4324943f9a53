import { nameOfResponse, type Response, type Stop } from "../../core/response.ts";
import { redactAsked, redactorOf } from "../../engine/redacted.ts";
import type { SlackPlace } from "./place.ts";

/** What Riposte does about incidents, a line each; no more is shown than in the messages there. */
export function listResponses(
  found: readonly Response[],
  most: number,
  stop: Stop | null,
  places: readonly SlackPlace[],
): string {
  const lines = found.slice(0, most).map((response) => {
    const { id, incident, state, says } = asShown(response, places);
    const what = nameOfResponse(asShown(response, places));
    return `R${id} of #${incident}, ${state.replaceAll("_", " ")}: ${what}${says === null ? "" : ` (${says})`}`;
  });
  return [
    ...(stop === null ? [] : [`Stopped by ${stop.who}${stop.why === null ? "" : `: ${stop.why}`}. Nothing is begun.`]),
    ...(lines.length === 0 ? ["No response waits, or is in force."] : lines),
    ...(found.length > most ? ["There are more: riposte responses list"] : []),
  ].join("\n");
}

function asShown(response: Response, places: readonly SlackPlace[]): Response {
  return places.reduce((shown, { redact }) => {
    const redactor = redactorOf(redact === undefined ? {} : { redact });
    if (redactor === null) return shown;
    const asked = { response: shown, isWhole: true, needed: 1, approvers: [], isForSlack: true };
    const [less] = redactAsked([asked], redactor, []);
    // Without its alert nobody can tell which words of a sentence are values of those fields.
    return less === undefined ? shown : { ...less.response, ...(redactor.terms.fields.length > 0 && { says: null }) };
  }, response);
}
