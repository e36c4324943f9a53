import type { Outcome } from "../../core/outcome.ts";
import type { Io, Step } from "../connector.ts";
import { fieldErrorsIn } from "./answer.ts";
import type { JiraConfig } from "./config.ts";
import { sayRefusal } from "./create.ts";
import type { Jira } from "./deployment.ts";
import { done, readIssue } from "./issue.ts";
import { richText } from "./rich-text.ts";
import { bodyOf, type TicketText } from "./step-body.ts";
import { withLeftOut, type LeftOut } from "./ticket.ts";
import { hasTasks, withoutTasks, withTicks } from "./ticked.ts";
import { isEmptyYes, writeIssue } from "./write-issue.ts";

const TRIES = 3;

/** Writes summary, description and priority anew. Labels are people's once the ticket is there, and so are ticks. */
export async function edit(jira: Jira, step: Step, config: JiraConfig, io: Io): Promise<Outcome> {
  const ticket = bodyOf<TicketText>(step.body);
  const asked = hasTasks(ticket.blocks) ? ["description"] : [];
  const issue = await readIssue(jira, step.anchor ?? "", config.project, io, asked);
  if (issue.kind !== "issue") return issue;
  let blocks = withTicks(ticket.blocks, jira.isCloud, issue.description);
  let fields: Readonly<Record<string, unknown>> = {
    summary: ticket.summary,
    description: null,
    ...(ticket.priority === null ? {} : { priority: { name: ticket.priority } }),
  };
  const refused: LeftOut[] = [];
  for (let tries = 1; ; tries += 1) {
    const before = issue.refused.filter(({ field }) => refused.every((other) => other.field !== field));
    const description = richText(jira, withLeftOut(blocks, [...before, ...refused], ticket.mark));
    const body = { fields: Object.hasOwn(fields, "description") ? { ...fields, description } : fields };
    const call = { method: "PUT", path: `/issue/${issue.id}`, body, isDone: isEmptyYes } as const;
    const about = { what: `asked to edit ${issue.key}`, permission: "EDIT_ISSUES", project: config.project };
    const { answer, outcome } = await writeIssue(jira, { ...call, ...about }, io);
    if (outcome.kind === "done") {
      return done(
        jira,
        issue,
        `edited ${issue.key}${refused.length === 0 ? "" : ` without ${refused.map(sayRefusal).join("; ")}`}`,
      );
    }
    const errors = answer?.kind === "answered" && answer.status === 400 ? fieldErrorsIn(answer.json) : {};
    if (Object.hasOwn(errors, "description") && hasTasks(blocks) && tries < TRIES) {
      blocks = withoutTasks(blocks);
      continue;
    }
    const named = Object.entries(errors).filter(([field]) => Object.hasOwn(fields, field));
    if (named.length === 0 || named.length === Object.keys(fields).length || tries === TRIES) return outcome;
    refused.push(...named.map(([field, words]) => ({ field, why: jira.access.quote(words) })));
    fields = Object.fromEntries(Object.entries(fields).filter(([field]) => !Object.hasOwn(errors, field)));
  }
}
