import type { Later } from "../../core/outcome.ts";
import type { HttpAnswer } from "../../ports/http.ts";

export interface Limit {
  /** What has to wait: the ticket, every step of this kind, or all of them. */
  readonly scope: Later["scope"];
  readonly says: string;
}

/**
 * Which of Jira Cloud's limits an answer names. Each is for another circle: an endpoint and method, one issue, or
 * everything that this account asks for. Data Center has one, for the account, and names none.
 */
export function limitOf({ headers }: HttpAnswer): Limit {
  const reason = headers["ratelimit-reason"]?.trim().toLowerCase() ?? "";
  if (reason === "jira-burst-based") return { scope: "action", says: "too many calls of this kind at once" };
  if (reason === "jira-per-issue-on-write") return { scope: "work", says: "too many changes of this one ticket" };
  if (/^jira-quota-[a-z-]{1,40}$/.test(reason)) return { scope: "destination", says: "the quota is used up" };
  return { scope: "destination", says: "asked to slow down" };
}
