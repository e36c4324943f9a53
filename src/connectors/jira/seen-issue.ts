import { later, type Later } from "../../core/outcome.ts";
import type { Instant } from "../../core/time.ts";
import type { Io } from "../connector.ts";
import { readJira, type JiraCall, type Read } from "./client.ts";
import { arrayIn, memberOf, textIn } from "./members.ts";
import type { Jira } from "./deployment.ts";
import { PROPERTY } from "./issue.ts";
import { instantOf } from "./jira-time.ts";
import { TWIN_LABEL } from "./twins.ts";

/** What a look has to know of an issue, ours or anybody's. */
export interface SeenIssue {
  readonly id: string;
  readonly key: string;
  readonly createdAt: Instant;
  readonly labels: readonly string[];
  /** The mark in our property; null: it has none, or was not asked. */
  readonly mark: string | null;
  readonly text: string;
}

const FIELDS: readonly string[] = ["labels", "created"];
/** A hundred issues with two fields each; with their descriptions more. */
const BATCH_BYTES = 4 * 1_024 * 1_024;
const TEXT_BYTES = 16 * 1_024 * 1_024;
const PAGE = 100;

/** Ours by label, by property, or by the last line of its text where this site has no labels. */
export function mayBeOurs({ labels, mark, text }: SeenIssue, wanted: string): boolean {
  if (labels.includes(TWIN_LABEL)) return false;
  return mark === wanted || labels.includes(wanted) || isWordIn(text, wanted);
}

/** A mark may be the beginning of another: `…-1` and `…-12`. */
function isWordIn(text: string, mark: string): boolean {
  return text.split(/[^A-Za-z0-9-]+/).includes(mark);
}

/** Those of the keys, or ids, under which something is there. */
export async function keyedIssues(
  jira: Jira,
  idsOrKeys: readonly string[],
  io: Io,
): Promise<readonly SeenIssue[] | Later> {
  const body = { issueIdsOrKeys: idsOrKeys, fields: FIELDS, properties: [PROPERTY] };
  const call: JiraCall = { method: "POST", path: "/issue/bulkfetch", body, maxAnswerBytes: BATCH_BYTES };
  const read = await readJira(io, jira, `${idsOrKeys.length} keys`, call);
  return read.kind === "read" ? issuesIn(read, "issues of a batch") : notThere(read);
}

export interface Query {
  readonly jql: string;
  readonly most: number;
  /** With descriptions. */
  readonly withText?: boolean;
  /** Ids that the index has to know before it is asked. */
  readonly reconcile?: readonly string[];
}

export async function searchIssues(jira: Jira, query: Query, io: Io): Promise<readonly SeenIssue[] | Later> {
  const { jql, most, withText = false, reconcile = [] } = query;
  const fields = withText ? [...FIELDS, "description"] : FIELDS;
  const found: SeenIssue[] = [];
  let token: string | null = null;
  while (found.length < most) {
    const maxResults = Math.min(PAGE, most - found.length);
    const cloud = {
      jql,
      fields,
      maxResults,
      ...(reconcile.length === 0 ? {} : { reconcileIssues: reconcile.map(Number) }),
      ...(token === null ? {} : { nextPageToken: token }),
    };
    const call: JiraCall = {
      method: "POST",
      path: jira.isCloud ? "/search/jql" : "/search",
      body: jira.isCloud ? cloud : { jql, fields, maxResults, startAt: found.length },
      maxAnswerBytes: withText ? TEXT_BYTES : BATCH_BYTES,
    };
    const read: Read = await readJira(io, jira, "its search", call);
    const page: readonly SeenIssue[] | Later = read.kind === "read" ? issuesIn(read, "a search") : notThere(read);
    if ("kind" in page) return page;
    found.push(...page);
    token = read.kind === "read" ? textIn(read.json, "nextPageToken") : null;
    if (page.length < maxResults && token === null) break;
    if (jira.isCloud && token === null) break;
  }
  return found;
}

function issuesIn({ json }: Extract<Read, { kind: "read" }>, what: string): readonly SeenIssue[] | Later {
  if (!Array.isArray(memberOf(json, "issues")))
    return later("unreadable_answer", "destination", null, `Jira answered with something that is not ${what}`);
  return arrayIn(json, "issues").flatMap((value) => seenIn(value) ?? []);
}

function seenIn(value: unknown): SeenIssue | null {
  const id = textIn(value, "id");
  const key = textIn(value, "key");
  if (id === null || key === null) return null;
  const fields = memberOf(value, "fields");
  return {
    id,
    key,
    createdAt: instantOf(textIn(fields, "created")),
    labels: arrayIn(fields, "labels").filter((label): label is string => typeof label === "string"),
    mark: textIn(memberOf(memberOf(value, "properties"), PROPERTY), "mark"),
    text: textIn(fields, "description") ?? "",
  };
}

function notThere(read: Exclude<Read, { kind: "read" }>): Later {
  return read.kind === "later" ? read : later("destination_gone", "destination", null, read.evidence);
}
