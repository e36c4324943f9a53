import { type Done, type Later, type Look, type Outcome } from "../../core/outcome.ts";
import { grouped } from "../../core/plain-text.ts";
import { HOUR_MS, type Instant } from "../../core/time.ts";
import type { Io, Lost, Step } from "../connector.ts";
import { sayAnswer, type JiraAnswered } from "./answer.ts";
import { fileNameOf, playbookFileName } from "./attachment.ts";
import { callJira, judgeJira, readJira } from "./client.ts";
import { memberOf } from "./members.ts";
import type { JiraConfig } from "./config.ts";
import type { Jira } from "./deployment.ts";
import { done, readIssue, type IssueFile } from "./issue.ts";
import { bodyOf, type NewFile } from "./step-body.ts";

/** Whether this Jira takes files, and how large ones; asked once an hour. */
export class FileTerms {
  #known: { readonly at: Instant; readonly terms: Terms } | null = null;

  async read(jira: Jira, io: Io): Promise<Terms | Later> {
    if (this.#known !== null && Math.abs(io.now - this.#known.at) < HOUR_MS) return this.#known.terms;
    const read = await readJira(io, jira, "its terms for attachments", { method: "GET", path: "/attachment/meta" });
    if (read.kind === "later") return read;
    const json = read.kind === "read" ? read.json : null;
    const most = memberOf(json, "uploadLimit");
    const isEnabled = read.kind === "read" && memberOf(json, "enabled") !== false;
    const terms: Terms = { kind: "terms", isEnabled, mostBytes: typeof most === "number" ? most : Infinity };
    this.#known = { at: io.now, terms };
    return terms;
  }
}

interface Terms {
  readonly kind: "terms";
  readonly isEnabled: boolean;
  readonly mostBytes: number;
}

/**
 * Puts a file beside the ticket, once. What the ticket shows may not be known, so it is looked at first.
 * A Jira that will not have the file has the ticket all the same: that is said, and not tried again.
 */
export async function attach(
  jira: Jira,
  step: Step,
  { project }: JiraConfig,
  fileTerms: FileTerms,
  io: Io,
): Promise<Outcome> {
  const issue = await readIssue(jira, step.anchor ?? "", project, io, ["attachment"]);
  if (issue.kind !== "issue") return issue;
  const { fileName, contentType, text } = bodyOf<NewFile>(step.body);
  if (issue.files.some((file) => file.name === fileName))
    return done(jira, issue, `${fileName} is attached to ${issue.key}`);
  const terms = await fileTerms.read(jira, io);
  if (terms.kind === "later") return terms;
  const without = (why: string): Done => done(jira, issue, `${issue.key} goes without ${nounOf(step)}: ${why}`);
  if (!terms.isEnabled) return without("this Jira takes no attachments");
  const bytes = Buffer.byteLength(text);
  if (bytes > terms.mostBytes)
    return without(`it has ${grouped(bytes)} bytes, and Jira takes ${grouped(terms.mostBytes)}`);
  const answer = await callJira(io, jira, {
    method: "POST",
    path: `/issue/${issue.id}/attachments`,
    upload: formOf(fileName, contentType, text),
  });
  if (answer?.kind === "answered" && isRefusal(answer)) return without(sayAnswer(answer, jira.access));
  const isReadable = answer?.kind === "answered" && Array.isArray(answer.json);
  const outcome = judgeJira(answer, `asked to attach a file to ${issue.key}`, isReadable, jira);
  return outcome.kind === "done" ? done(jira, issue, `attached ${fileName} to ${issue.key}`) : outcome;
}

/** Files of one name stand beside each other; whichever came first is ours. */
export async function findAttachment(jira: Jira, { receipt, action }: Lost, project: string, io: Io): Promise<Look> {
  const anchor = receipt?.remote.anchor ?? null;
  if (receipt === null || anchor === null) return { kind: "absent", evidence: "there is no ticket to look in" };
  const issue = await readIssue(jira, anchor, project, io, ["attachment"]);
  if (issue.kind === "later") return issue;
  if (issue.kind === "never") return { kind: "absent", evidence: issue.evidence };
  const name = action === "attach" ? fileNameOf(receipt.incident) : playbookFileName(receipt.incident);
  const [oldest, ...others] = issue.files.filter((file) => file.name === name).toSorted(byAge);
  if (oldest === undefined) return { kind: "absent", evidence: `${name} is not attached to ${issue.key}` };
  const more = others.length === 0 ? "" : `, and ${others.length} more of it`;
  return {
    kind: "found",
    remote: receipt.remote,
    others: others.map(({ id }) => `${anchor}/attachment/${id}`),
    evidence: `found ${name} attached to ${issue.key}${more}`,
  };
}

function byAge(one: IssueFile, other: IssueFile): number {
  return one.createdAt - other.createdAt || Number(one.id) - Number(other.id);
}

/** Of the file, and not of who asks or how often. */
function isRefusal({ status, isPage }: JiraAnswered): boolean {
  return !isPage && status >= 400 && status < 500 && ![401, 407, 408, 429].includes(status);
}

function nounOf({ action }: Step): string {
  return action === "attach" ? "its file of alerts" : "the file of its playbook";
}

function formOf(fileName: string, contentType: string, text: string) {
  // Nothing in the file may be taken for its end.
  let boundary = "riposte-file";
  while (text.includes(boundary)) boundary += "-";
  const head = `content-disposition: form-data; name="file"; filename="${fileName}"\r\ncontent-type: ${contentType}`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    text: `--${boundary}\r\n${head}\r\n\r\n${text}\r\n--${boundary}--\r\n`,
  };
}
