import type { AuditRow } from "./change.ts";
import { nameOfResponse, type Response, type ResponseState } from "./response.ts";

/** What a response became, as the audit calls it. */
const WHAT: Readonly<Record<ResponseState, string>> = {
  planned: "response_planned",
  advised: "response_advised",
  refused: "response_refused",
  held: "response_held",
  allowed: "response_allowed",
  sending: "respond",
  sent: "response_sent",
  received: "response_received",
  received_unprovable: "response_received",
  verified: "response_verified",
  failed: "response_failed",
  unknown: "response_unknown",
  lifting: "response_lifting",
  lifted: "response_lifted",
  dead: "response_dead",
};

/**
 * The row for a response that became something else, with what it was decided on; null: it is as it was. Its token stays
 * out: whoever has it could speak for the agent.
 */
export function auditOfResponse(before: Response | undefined, after: Response): Omit<AuditRow, "id" | "hash"> | null {
  if (before?.state === after.state) return null;
  const { state, mode, refusal, says, because, digest, approvals, expiresAt, endsAt, order } = after;
  const known = {
    was: before?.state ?? null,
    is: state,
    mode,
    ...(refusal !== null && { refusal }),
    ...(says !== null && { says }),
    ...(because !== null && { because }),
    ...(digest !== null && { digest }),
    ...(approvals.length > 0 && { approvals: approvals.map(({ who }) => who) }),
    ...(state === "held" && { expiresAt }),
    ...(endsAt !== null && { endsAt }),
    ...(order !== null && { order: `${order.n} ${order.verb}` }),
  };
  return {
    ...subjectOf(after),
    at: after.at,
    who: `policy ${after.policy}`,
    what: WHAT[state],
    detail: JSON.stringify(known),
  };
}

/** What rows about a response have in common. */
export function subjectOf(response: Response): Pick<AuditRow, "about" | "incident" | "response"> {
  const { id, incident } = response;
  return { about: `R${id} of #${incident}: ${nameOfResponse(response)}`, incident, response: id };
}
