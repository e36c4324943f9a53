import type { Outcome } from "../../core/outcome.ts";
import type { Receipt } from "../../core/receipt.ts";
import type { Io, Step, StepWords } from "../connector.ts";
import { fieldErrorsIn } from "./answer.ts";
import { callJira, judgeJira } from "./client.ts";
import { twinCommentOf } from "./comment.ts";
import type { JiraConfig } from "./config.ts";
import type { Jira } from "./deployment.ts";
import { browseUrl, done, PROPERTY, readIssue, type Issue } from "./issue.ts";
import { richText } from "./rich-text.ts";
import { bodyOf, type TwinStep } from "./step-body.ts";
import { readTransitions, transit, transitionFor } from "./transition.ts";
import { isEmptyYes, writeIssue } from "./write-issue.ts";

/** The label of a second copy that was put away; a look for ours passes it by. */
export const TWIN_LABEL = "riposte-twin";

const MARKED = ":marked";

/** The step that puts away what is second of a ticket or a comment; null: there is none. */
export function nextTwinStep(receipt: Receipt, incident: number, { mark }: StepWords): Step | null {
  const [twin, ...rest] = receipt.twins;
  if (twin === undefined) return null;
  const { momentsTold, headDigest } = receipt;
  const step = (action: string, twins: readonly string[]): Step => {
    const plan = { momentsTold, headDigest, twins };
    const body: TwinStep = { incident, twin };
    return { action, safeToRepeat: true, plan, anchor: receipt.remote.anchor, mark, body: JSON.stringify(body) };
  };
  if (twin.includes("/")) return step("delete_twin", rest);
  if (twin.endsWith(MARKED)) return step("close_twin", rest);
  return step("mark_twin", [`${twin}${MARKED}`, ...rest]);
}

/** Says in the twin which ticket goes on, links the two, and takes our mark off it, so that no look finds it again. */
export async function markTwin(jira: Jira, step: Step, config: JiraConfig, io: Io): Promise<Outcome> {
  const { twin } = bodyOf<TwinStep>(step.body);
  const pair = await readPair(jira, step, twin, config, io);
  if ("outcome" in pair) return pair.outcome;
  const { kept, second } = pair;
  const comment = [{ add: { body: richText(jira, twinCommentOf(kept.key, browseUrl(jira, kept.key))) } }];
  const issuelinks = [{ add: { type: { name: "Duplicate" }, outwardIssue: { key: kept.key } } }];
  const properties = [{ key: PROPERTY, value: { twinOf: kept.key } }];
  const whole: Update = { fields: { labels: [TWIN_LABEL] }, update: { comment, issuelinks }, properties };
  // Not every site links issues, and not every screen has labels; whoever looks needs only one of the three.
  for (const body of [whole, { ...whole, update: { comment } }, { update: { comment }, properties }]) {
    const call = { method: "PUT", path: `/issue/${second.id}`, body, isDone: isEmptyYes } as const;
    const what = `asked to mark ${second.key} as a second copy`;
    const about = { what, permission: "EDIT_ISSUES", project: config.project };
    const { answer, outcome } = await writeIssue(jira, { ...call, ...about }, io);
    if (outcome.kind === "done") return done(jira, kept, `marked ${second.key} as a second copy of ${kept.key}`);
    const isRefused = answer?.kind === "answered" && answer.status === 400;
    if (!isRefused || (Object.keys(fieldErrorsIn(answer.json)).length === 0 && body.update.issuelinks === undefined))
      return outcome;
  }
  return done(jira, kept, `${second.key} is a second copy of ${kept.key} and could not be marked as one`);
}

interface Update {
  readonly fields?: object;
  readonly update: { readonly comment: unknown; readonly issuelinks?: unknown };
  readonly properties: readonly object[];
}

export async function closeTwin(jira: Jira, step: Step, config: JiraConfig, io: Io): Promise<Outcome> {
  const twin = bodyOf<TwinStep>(step.body).twin.slice(0, -MARKED.length);
  const pair = await readPair(jira, step, twin, config, io);
  if ("outcome" in pair) return pair.outcome;
  const { kept, second } = pair;
  if (second.isDone) return done(jira, kept, `${second.key}, a second copy of ${kept.key}, is closed`);
  const transitions = await readTransitions(jira, second.id, io);
  if ("kind" in transitions) return transitions;
  const configured = config.resolve === undefined ? null : transitionFor(transitions, config.resolve.transition);
  const found = configured ?? transitions.find(({ isToDone }) => isToDone) ?? null;
  // What can't be closed is marked and linked, and says in itself where work goes on.
  if (found === null)
    return done(jira, kept, `${second.key}, a second copy of ${kept.key}, can't be closed from its status`);
  const outcome = await transit(
    jira,
    second,
    { ...config.resolve, transition: found.id },
    { key: "resolve", project: config.project },
    io,
  );
  return outcome.kind === "done" ? done(jira, kept, `closed ${second.key}, a second copy of ${kept.key}`) : outcome;
}

/** A comment, or a file, is nobody's work: the second one just goes. */
export async function deleteTwin(jira: Jira, step: Step, config: JiraConfig, io: Io): Promise<Outcome> {
  const [id = "", what = "", part = ""] = bodyOf<TwinStep>(step.body).twin.split("/");
  const isFile = what === "attachment";
  const noun = isFile ? "an attachment" : "a comment";
  const kept = await readIssue(jira, step.anchor ?? "", config.project, io);
  if (kept.kind !== "issue") return kept;
  const path = `${isFile ? "" : `/issue/${encodeURIComponent(id)}`}/${what}/${encodeURIComponent(part)}`;
  const answer = await callJira(io, jira, { method: "DELETE", path });
  const status = answer?.kind === "answered" ? answer.status : 0;
  if (status === 204 || (status === 404 && answer?.kind === "answered" && !answer.isPage))
    return done(jira, kept, `deleted a second copy of ${noun} on ${kept.key}`);
  if (status === 400 || status === 403)
    return done(jira, kept, `a second copy of ${noun} stays on ${kept.key}: this account may not delete it`);
  return judgeJira(answer, `asked to delete a second copy of ${noun} on ${kept.key}`, false, jira);
}

type Pair = { readonly kept: Issue; readonly second: Issue } | { readonly outcome: Outcome };

/** The ticket that goes on, and its second copy. A copy that somebody has deleted is put away. */
async function readPair(jira: Jira, step: Step, twin: string, config: JiraConfig, io: Io): Promise<Pair> {
  const kept = await readIssue(jira, step.anchor ?? "", config.project, io);
  if (kept.kind !== "issue") return { outcome: kept };
  const second = await readIssue(jira, twin, config.project, io);
  if (second.kind === "never") return { outcome: done(jira, kept, `a second copy of ${kept.key} is gone already`) };
  return second.kind === "issue" ? { kept, second } : { outcome: second };
}
