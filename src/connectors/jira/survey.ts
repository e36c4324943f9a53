import { later, type Later } from "../../core/outcome.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import type { Instant } from "../../core/time.ts";
import type { HttpAnswer } from "../../ports/http.ts";
import type { Io, Seen } from "../connector.ts";
import { leftMs, notWhatWasAsked, readJira } from "./client.ts";
import { arrayIn, hasList, memberOf, textIn } from "./members.ts";
import type { Jira } from "./deployment.ts";
import { instantOf } from "./jira-time.ts";

const FIELDS: readonly string[] = ["status", "resolution", "resolutiondate", "statuscategorychangedate"];
const PAGE_BYTES = 4 * 1_024 * 1_024;
/** Less is no time for one more ticket. */
const LEAST_TIME_MS = 1_000;

/** What people did to tickets: who takes one up has the incident in hand, who closes it has resolved it. */
export async function survey(jira: Jira, anchors: readonly string[], io: Io): Promise<readonly Seen[] | Later> {
  const ids = anchors.filter((anchor) => /^\d{1,20}$/.test(anchor));
  const found = jira.isCloud ? await fetched(jira, ids, io) : await searched(jira, ids, io);
  return "kind" in found ? found : found.issues.flatMap((issue) => seenIn(issue, found.aheadMs) ?? []);
}

interface Found {
  readonly issues: readonly unknown[];
  /** How far Jira's clock is ahead of ours. */
  readonly aheadMs: number;
}

/** To the second, which is all that an answer's date says. */
function aheadMs({ headers }: HttpAnswer, io: Io): number {
  const theirs = Date.parse(headers["date"] ?? "");
  return Number.isNaN(theirs) ? 0 : theirs - (io.clock?.now() ?? io.now);
}

async function fetched(jira: Jira, ids: readonly string[], io: Io): Promise<Found | Later> {
  const body = { issueIdsOrKeys: ids, fields: FIELDS };
  const call = { method: "POST", path: "/issue/bulkfetch", body, maxAnswerBytes: PAGE_BYTES } as const;
  const read = await readJira(io, jira, "the tickets' status", call);
  if (read.kind === "read" && !hasList(read.json, "issues")) return notWhatWasAsked("the tickets' status");
  if (read.kind === "read") return { issues: arrayIn(read.json, "issues"), aheadMs: aheadMs(read.answer, io) };
  return read.kind === "later" ? read : later("destination_gone", "destination", null, read.evidence);
}

/** Data Center's search refuses to look for what is not there any more: then it is asked for one by one. */
async function searched(jira: Jira, ids: readonly string[], io: Io): Promise<Found | Later> {
  const jql = `id in (${ids.join(", ")})`;
  const body = { jql, fields: FIELDS, maxResults: ids.length, validateQuery: false };
  const call = { method: "POST", path: "/search", body, maxAnswerBytes: PAGE_BYTES } as const;
  const read = await readJira(io, jira, "the tickets' status", call);
  if (read.kind === "read") return { issues: arrayIn(read.json, "issues"), aheadMs: aheadMs(read.answer, io) };
  if (read.kind === "later" && read.reason !== "bad_request") return read;
  const issues: unknown[] = [];
  let ahead = 0;
  for (const id of ids) {
    if (leftMs(io) < LEAST_TIME_MS) break;
    const path = `/issue/${id}?fields=${FIELDS.join(",")}`;
    const one = await readJira(io, jira, "a ticket's status", { method: "GET", path });
    if (one.kind === "later") return one;
    if (one.kind !== "read") continue;
    issues.push(one.json);
    ahead = aheadMs(one.answer, io);
  }
  return { issues, aheadMs: ahead };
}

function seenIn(issue: unknown, ahead: number): Seen | null {
  const id = textIn(issue, "id");
  const key = textIn(issue, "key");
  const fields = memberOf(issue, "fields");
  const status = memberOf(fields, "status");
  const category = textIn(memberOf(status, "statusCategory"), "key");
  if (id === null || key === null) return null;
  const name = cutPlainLine(textIn(status, "name") ?? "", 80);
  const changedAt = sinceIn(fields);
  // Without a time nobody could tell whether it was closed for this or for what was over before it came back.
  if (changedAt === null) return null;
  const since = changedAt - ahead;
  if (category === "indeterminate") return { anchor: id, state: "in_progress", since, says: `${key} is ${name}` };
  if (category !== "done") return null;
  const resolution = textIn(memberOf(fields, "resolution"), "name");
  const as = resolution === null ? name : cutPlainLine(resolution, 80);
  return { anchor: id, state: "closed", since, says: `${key} was closed as ${as}` };
}

/** Cloud says when the status went from one kind to another; Data Center when a resolution was given. */
function sinceIn(fields: unknown): Instant | null {
  const at = instantOf(textIn(fields, "statuscategorychangedate") ?? textIn(fields, "resolutiondate"));
  return Number.isFinite(at) ? at : null;
}
