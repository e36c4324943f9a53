import { later, type Later, type Outcome } from "../../core/outcome.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import type { Io, Step } from "../connector.ts";
import { fieldErrorsIn, type JiraAnswered } from "./answer.ts";
import { callJira, judgeJira } from "./client.ts";
import { textIn } from "./members.ts";
import type { JiraConfig } from "./config.ts";
import { configuredFields, lineFor } from "./configured-fields.ts";
import type { Jira } from "./deployment.ts";
import type { Block } from "./document.ts";
import { done, PROPERTY } from "./issue.ts";
import type { Meta, Metas } from "./meta.ts";
import { richLine, richText } from "./rich-text.ts";
import { bodyOf, type NewTicket } from "./step-body.ts";
import { hasTasks, withoutTasks } from "./ticked.ts";
import { withLeftOut, type LeftOut } from "./ticket.ts";

/** Jira names what it will not take in rounds: first what is not on the screen, and only then what is wrong in itself. */
const TRIES = 4;

interface Draft {
  readonly blocks: readonly Block[];
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the config calls them, by id. */
  readonly names: Readonly<Record<string, string>>;
  readonly labels: readonly string[];
  readonly refused: readonly LeftOut[];
}

/** Makes the ticket. What Jira refuses of it is left out and said in it, rather than losing the ticket. */
export async function create(jira: Jira, step: Step, config: JiraConfig, metas: Metas, io: Io): Promise<Outcome> {
  const ticket = bodyOf<NewTicket>(step.body);
  const meta = Object.keys(ticket.fields).length === 0 ? metas.known(jira) : await metaFor(jira, metas, io);
  if (meta?.kind === "later") return meta;
  let draft = firstDraft(jira, ticket, meta);
  for (let tries = 1; ; tries += 1) {
    const body = issueBody(jira, ticket, draft, config, step.mark, meta);
    const answer = await callJira(io, jira, { method: "POST", path: "/issue", body });
    const answered = answer?.kind === "answered" ? answer : null;
    const id = textIn(answered?.json, "id");
    const key = textIn(answered?.json, "key");
    const isReadable = id !== null && /^\d{1,20}$/.test(id) && key !== null && /^[A-Za-z][A-Za-z0-9_]*-\d+$/.test(key);
    if (answered !== null && answered.status >= 200 && answered.status < 300 && isReadable) {
      if (draft.refused.length > 0) metas.forget();
      return done(jira, { id, key }, `created ${key}${without(draft.refused)}`);
    }
    const next = answered?.status === 400 ? lighter(jira, draft, answered, config) : null;
    if (next === null || tries === TRIES) return judgeJira(answer, "asked to make the ticket", isReadable, jira);
    metas.forget();
    if ("kind" in next) return next;
    draft = next;
  }
}

/** Where createmeta itself is refused, ids still work; where it is only slow or down, the ticket waits for it. */
async function metaFor(jira: Jira, metas: Metas, io: Io): Promise<Meta | Later | null> {
  const meta = await metas.read(jira, io);
  if (meta.kind === "missing") return null;
  return meta.kind === "later" && (meta.reason === "unauthorized" || meta.reason === "bad_request") ? null : meta;
}

function firstDraft(jira: Jira, ticket: NewTicket, meta: Meta | null): Draft {
  const { values, names, refused } = configuredFields(ticket.fields, meta, jira.isCloud, (line) =>
    richLine(jira, line),
  );
  const priority = ticket.priority === null ? {} : { priority: { name: ticket.priority } };
  return { blocks: ticket.blocks, fields: { ...priority, ...values }, names, labels: ticket.labels, refused };
}

function issueBody(
  jira: Jira,
  ticket: NewTicket,
  { blocks, fields, labels, refused }: Draft,
  { project, issue_type }: JiraConfig,
  mark: string,
  meta: Meta | null,
): object {
  const isId = /^\d+$/.test(issue_type) && (meta === null || meta.issueType?.id === issue_type);
  return {
    fields: {
      project: { key: project },
      issuetype: isId ? { id: issue_type } : { name: issue_type },
      summary: ticket.summary,
      description: richText(jira, withLeftOut(blocks, refused, mark)),
      ...(labels.length === 0 ? {} : { labels }),
      ...fields,
    },
    properties: [{ key: PROPERTY, value: { mark, incident: ticket.incident, ...(refused.length > 0 && { refused }) } }],
  };
}

/** The ticket without what was refused; null: Jira named nothing that can be left out. */
function lighter(jira: Jira, draft: Draft, answer: JiraAnswered, config: JiraConfig): Draft | Later | null {
  const errors = Object.entries(fieldErrorsIn(answer.json));
  if (errors.length === 0) return null;
  const fields = { ...draft.fields };
  const refused = [...draft.refused];
  let { labels, blocks } = draft;
  for (const [field, words] of errors) {
    const why = jira.access.quote(words);
    if (field === "project" || field === "issuetype") return wrongPlace(field, why, config);
    if (field === "summary" || (field === "description" && !hasTasks(blocks))) return null;
    if (field === "description") {
      blocks = withoutTasks(blocks);
      continue;
    }
    if (field === "labels" && labels.length > 0) {
      const [ours, theirs] = [labels.slice(0, OUR_LABELS), labels.slice(OUR_LABELS)];
      refused.push({ field: theirs.length > 0 ? `labels ${theirs.join(", ")}` : "labels", why });
      labels = theirs.length > 0 ? ours : [];
    } else if (Object.hasOwn(fields, field)) {
      delete fields[field];
      refused.push({ field: draft.names[field] ?? field, why });
    } else {
      return missing(field, why, refused);
    }
  }
  return { ...draft, blocks, fields, labels, refused };
}

/** `riposte` and the mark stand first. */
const OUR_LABELS = 2;

function wrongPlace(field: "project" | "issuetype", why: string, { project, issue_type }: JiraConfig): Later {
  const says =
    field === "project"
      ? `Jira has no project ${project} for this account (${why}): look at \`project\`, and whether the account may create issues there`
      : `${project} has no issue type ${cutPlainLine(issue_type, 80)} (${why}): look at \`issue_type\`; \`riposte doctor jira\` lists those that there are`;
  return later("bad_request", "destination", null, says);
}

/** Every ticket would be refused like this one, so all wait until somebody says what to fill in. */
function missing(field: string, why: string, refused: readonly LeftOut[]): Later {
  const was = refused.length === 0 ? "" : ` What was given is refused: ${refused.map(sayRefusal).join("; ")}.`;
  const name = /^(.{1,80}?) is required/i.exec(why)?.[1] ?? field;
  const line = lineFor({ id: field, name, allowed: null, type: "" });
  const says = `Jira wants a value for ${name} (${field}) and the config has none that it takes: write \`${line}\`.${was}`;
  return later("bad_request", "destination", null, says);
}

export function sayRefusal({ field, why }: LeftOut): string {
  return `${cutPlainLine(field, 80)} (${cutPlainLine(why, 200)})`;
}

function without(refused: readonly LeftOut[]): string {
  return refused.length === 0 ? "" : ` without ${refused.map(sayRefusal).join("; ")}`;
}
