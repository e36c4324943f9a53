import { later, type Later, type Look } from "../../core/outcome.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Io, Lost } from "../connector.ts";
import { findAttachment } from "./attach.ts";
import { leftMs } from "./client.ts";
import type { JiraConfig } from "./config.ts";
import type { Jira } from "./deployment.ts";
import { findComment } from "./find-comment.ts";
import { browseTrouble, browseUrl } from "./issue.ts";
import { CLOCK_DIFFERENCE_MS } from "./jira-time.ts";
import type { KnownKeys } from "./known-keys.ts";
import { keyedIssues, mayBeOurs, searchIssues, type SeenIssue } from "./seen-issue.ts";

/** Keys in a batch, which is what Jira reads at once. */
const BATCH = 100;
const MOST_BATCHES = 60;
/** Keys have gaps: issues that were deleted, moved away, or that we may not see. */
const EMPTY_BATCHES_AT_THE_END = 2;
/** What Jira brings up to date in its index before it searches. */
const MOST_RECONCILED = 50;
const LEAST_TIME_MS = SECOND_MS;

/**
 * Whether a lost step arrived. Jira's search may lag for hours, but an issue that is there is there to be read by its
 * key at once, and the keys of a project are consecutive: so they are read, from the last one that is down to those
 * that are older than the call. The search comes second, for what was moved away meanwhile.
 */
export async function findLost(jira: Jira, lost: Lost, config: JiraConfig, keys: KnownKeys, io: Io): Promise<Look> {
  const blind = await browseTrouble(jira, config.project, io);
  if (blind !== null) return blind;
  if (lost.action === "attach" || lost.action === "attach_playbook")
    return findAttachment(jira, lost, config.project, io);
  if (lost.action !== "create") return findComment(jira, lost, io);
  const walked = jira.isCloud
    ? await walk(jira, lost, config.project, keys, io)
    : await sinceThen(jira, lost, config, io);
  if (walked.kind === "later") return walked;
  const searched = await search(jira, lost.mark, walked, io);
  if (searched.kind === "later") {
    // The keys need not be read again because the search was slowed down.
    if (walked.ours.length === 0) keys.noteRead(lost.mark, walked.top, walked.low);
    return searched;
  }
  keys.forget(lost.mark);
  return told(jira, [...walked.ours, ...searched.ours], walked.says);
}

interface Seen {
  readonly kind: "seen";
  readonly ours: readonly SeenIssue[];
  /** The newest ones of all, for the index to be reconciled with. */
  readonly newest: readonly string[];
  readonly says: string;
  /** From the one down to and without the other; the same where none was read by its key. */
  readonly top: number;
  readonly low: number;
}

async function walk(jira: Jira, lost: Lost, project: string, keys: KnownKeys, io: Io): Promise<Seen | Later> {
  const newest = await searchIssues(jira, { jql: `project = "${project}" ORDER BY key DESC`, most: 1 }, io);
  if ("kind" in newest) return newest;
  for (const { key } of newest) keys.saw(jira, key);
  const start = keys.highest(jira, project);
  const isOld = ({ createdAt }: SeenIssue): boolean => createdAt < lost.since - CLOCK_DIFFERENCE_MS;
  const seen: SeenIssue[] = [];
  let batches = 0;
  let top = start;
  let low = start;
  // Keys above the last one that is there may yet be given out: they were not read.
  const highest = (): number => Math.max(start, Math.min(top, keys.highest(jira, project)));
  const isInVain = (): boolean => seen.every((issue) => !mayBeOurs(issue, lost.mark));
  const isOutOfTime = (): boolean => batches >= MOST_BATCHES || leftMs(io) < LEAST_TIME_MS;
  /** A look that is cut short, or slowed down, would else read the same keys for ever. */
  const goesOnLater = (why: Later): Later => {
    if (isInVain()) keys.noteRead(lost.mark, highest(), low);
    return why;
  };
  for (let empty = 0; empty < EMPTY_BATCHES_AT_THE_END; batches += 1) {
    if (isOutOfTime()) return goesOnLater(goesOn(project, batches, top));
    const issues = await keyedIssues(jira, keysFrom(project, top + 1), io);
    if ("kind" in issues) return goesOnLater(issues);
    for (const { key } of issues) keys.saw(jira, key);
    seen.push(...issues);
    empty = issues.length === 0 ? empty + 1 : 0;
    top += BATCH;
  }
  for (; ; batches += 1) {
    low = keys.unread(lost.mark, low);
    if (low <= 0) break;
    if (isOutOfTime()) {
      if (isInVain()) return goesOnLater(goesOn(project, batches, low));
      break;
    }
    const first = Math.max(1, low - BATCH + 1);
    const issues = await keyedIssues(jira, keysFrom(project, first, low - first + 1), io);
    if ("kind" in issues) return goesOnLater(issues);
    seen.push(...issues);
    low = first - 1;
    // A single old one may have been moved here from another project, under a new key.
    if (issues.length > 0 && issues.every(isOld)) break;
  }
  const byAge = seen.toSorted((one, other) => other.createdAt - one.createdAt);
  return {
    kind: "seen",
    ours: seen.filter((issue) => mayBeOurs(issue, lost.mark)),
    newest: byAge.slice(0, MOST_RECONCILED).map(({ id }) => id),
    says: `read ${seen.length} issues of ${project} by their keys, from ${project}-${low + 1} on`,
    top: highest(),
    low,
  };
}

/** Nothing is wrong; there was only more to read than fits into one look. What was read need not be read again. */
function goesOn(project: string, batches: number, at: number): Later {
  const says = `read ${batches * BATCH} keys of ${project} without finding it, and goes on from ${project}-${at}`;
  return later("not_found_yet", "work", SECOND_MS, says);
}

/** Data Center reads no issues in batches, but its search is current. */
async function sinceThen(jira: Jira, lost: Lost, { project }: JiraConfig, io: Io): Promise<Seen | Later> {
  const minutes = Math.ceil(Math.max(0, io.now - lost.since + CLOCK_DIFFERENCE_MS) / MINUTE_MS) + 1;
  const jql = `project = "${project}" AND created >= "-${minutes}m" ORDER BY key DESC`;
  const issues = await searchIssues(jira, { jql, most: 1_000, withText: true }, io);
  if ("kind" in issues) return issues;
  const says = `searched ${issues.length} issues of ${project} that were made since`;
  const ours = issues.filter((issue) => mayBeOurs(issue, lost.mark));
  return { kind: "seen", ours, newest: [], says, top: 0, low: 0 };
}

/** What the search knows by our label is read again by id: the index may be older than what was done to it since. */
async function search(jira: Jira, mark: string, walked: Seen, io: Io): Promise<Pick<Seen, "kind" | "ours"> | Later> {
  const jql = `labels = "${mark}"`;
  const found = await searchIssues(jira, { jql, most: 50, reconcile: walked.newest }, io);
  if ("kind" in found) return found;
  if (!jira.isCloud) return { kind: "seen", ours: found.filter((issue) => mayBeOurs(issue, mark)) };
  const unread = found.filter(({ id }) => walked.ours.every((other) => other.id !== id)).map(({ id }) => id);
  if (unread.length === 0) return { kind: "seen", ours: [] };
  const read = await keyedIssues(jira, unread, io);
  if ("kind" in read) return read;
  return { kind: "seen", ours: read.filter((issue) => mayBeOurs(issue, mark)) };
}

function told(jira: Jira, ours: readonly SeenIssue[], says: string): Look {
  const byId = new Map(ours.map((issue) => [issue.id, issue]));
  const [oldest, ...others] = [...byId.values()].toSorted(byAge);
  if (oldest === undefined) return { kind: "absent", evidence: `not found: ${says}` };
  const more = others.length === 0 ? "" : `, and ${others.map(({ key }) => key).join(", ")} as further copies`;
  return {
    kind: "found",
    remote: { anchor: oldest.id, url: browseUrl(jira, oldest.key) },
    others: others.map(({ id }) => id),
    evidence: `found ${oldest.key}${more}`,
  };
}

/** Ids grow with time as well, and are told apart within one instant. */
function byAge(one: SeenIssue, other: SeenIssue): number {
  return one.createdAt - other.createdAt || Number(one.id) - Number(other.id);
}

function keysFrom(project: string, first: number, count: number = BATCH): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${project}-${first + n}`);
}
