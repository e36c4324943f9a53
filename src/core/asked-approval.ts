import type { Guardrails } from "./guardrails.ts";
import type { Response } from "./response.ts";

/** A response that waits for people's yes, or did, as a destination may show it. */
export interface AskedApproval {
  readonly response: Response;
  /** Nothing of it is left out there: what can't be seen whole can't be approved. */
  readonly isWhole: boolean;
  /** How many different people it takes. */
  readonly needed: number;
  readonly approvers: readonly string[];
  /** Somebody may approve it in Slack. */
  readonly isForSlack: boolean;
}

/** As many of an incident as are shown. */
export const ASKED_MOST = 50;

/** Of these responses, those that people were asked about. */
export function askedApprovals(
  responses: readonly Response[],
  rails: Guardrails | undefined,
): readonly AskedApproval[] {
  return responses
    .filter(({ digest, expiresAt }) => digest !== null && expiresAt !== null)
    .toSorted((a, b) => a.id - b.id)
    .map((response) => ({
      response,
      isWhole: true,
      needed: approvalsNeeded(response, rails),
      approvers: rails?.approvers ?? [],
      isForSlack: rails?.slack !== undefined,
    }));
}

/** Those of people who may still approve: a yes counts for as long as whoever gave it may give one. */
export function approvalsThatCount(
  { approvals }: Pick<Response, "approvals">,
  rails: Pick<Guardrails, "approvers"> | undefined,
): Response["approvals"] {
  return approvals.filter(({ who }) => rails?.approvers.includes(who) === true);
}

export function approvalsNeeded({ terms }: Pick<Response, "terms">, rails: Guardrails | undefined): number {
  return rails?.fourEyes.includes(terms.do) === true ? 2 : 1;
}
