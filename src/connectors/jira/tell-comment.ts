import type { Outcome } from "../../core/outcome.ts";
import type { Io, Step } from "../connector.ts";
import { textIn } from "./members.ts";
import type { JiraConfig } from "./config.ts";
import type { Jira } from "./deployment.ts";
import { done, PROPERTY, readIssue } from "./issue.ts";
import { richText } from "./rich-text.ts";
import { bodyOf, type NewComment } from "./step-body.ts";
import { writeIssue, type IssueWrite } from "./write-issue.ts";

/** Adds one comment; its mark is a property that nobody sees. Closed tickets take comments like open ones. */
export async function tellComment(jira: Jira, step: Step, config: JiraConfig, io: Io): Promise<Outcome> {
  const issue = await readIssue(jira, step.anchor ?? "", config.project, io);
  if (issue.kind !== "issue") return issue;
  const { blocks } = bodyOf<NewComment>(step.body);
  const body = {
    body: richText(jira, blocks),
    properties: [{ key: PROPERTY, value: { mark: step.mark } }],
  };
  const call = { method: "POST", path: `/issue/${issue.id}/comment`, body } as const;
  const about = { what: `asked to comment ${issue.key}`, permission: "ADD_COMMENTS", project: config.project };
  const isDone: IssueWrite["isDone"] = ({ json }) => textIn(json, "id") !== null;
  const { outcome } = await writeIssue(jira, { ...call, ...about, isDone }, io);
  return outcome.kind === "done" ? done(jira, issue, `commented ${issue.key}`) : outcome;
}
