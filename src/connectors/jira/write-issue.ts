import { later, type Outcome } from "../../core/outcome.ts";
import type { Io } from "../connector.ts";
import { callJira, judgeJira, type JiraAnswer, type JiraCall } from "./client.ts";
import type { Jira } from "./deployment.ts";
import { readPermissions } from "./issue.ts";

export interface IssueWrite extends JiraCall {
  /** For people: `asked to edit SEC-12`. */
  readonly what: string;
  /** What it takes of the project: EDIT_ISSUES. */
  readonly permission: string;
  readonly project: string;
  /** Whether a 2xx is Jira's own. */
  isDone(answer: Extract<JiraAnswer, { kind: "answered" }>): boolean;
}

/**
 * One change of a ticket that is there. What only this ticket refuses must not make all others wait: workflows lock
 * tickets in some statuses, security levels hide them, and people delete them between our look and our write.
 */
export async function writeIssue(
  jira: Jira,
  write: IssueWrite,
  io: Io,
): Promise<{ readonly answer: JiraAnswer | null; readonly outcome: Outcome }> {
  const { what, permission, project } = write;
  const answer = await callJira(io, jira, write);
  const isDone = answer?.kind === "answered" && write.isDone(answer);
  const outcome = judgeJira(answer, what, isDone, jira);
  if (answer?.kind !== "answered" || answer.isPage) return { answer, outcome };
  const alone = (): Outcome => later("bad_request", "work", answer.retryAfterMs, outcome.evidence);
  // Gone since it was read, or changed by somebody else at the same time: the next try reads it anew.
  if (answer.status === 404 || answer.status === 409) return { answer, outcome: alone() };
  if (answer.status !== 403 || outcome.kind !== "later") return { answer, outcome };
  const granted = await readPermissions(jira, project, [permission], io);
  const isOnlyHere = granted.kind === "granted" && granted.keys.has(permission);
  return { answer, outcome: isOnlyHere ? alone() : outcome };
}

/** Edits and transitions answer with nothing. */
export function isEmptyYes({ status, isPage }: Extract<JiraAnswer, { kind: "answered" }>): boolean {
  return status >= 200 && status < 300 && !isPage;
}
