import { foldMoments, type Moment } from "../../src/core/moments.ts";
import type { Instant } from "../../src/core/time.ts";
import type { FakeJira } from "../fakes/jira/jira.ts";
import { valueText, type JiraComment, type JiraIssue } from "../fakes/jira/issue.ts";
import { hold } from "./checks.ts";
import {
  checkDeadForGone,
  checkFollowed,
  checkMadeOnce,
  checkOthersIssues,
  checkRespect,
} from "./jira-people-checks.ts";
import { headOf, incidentOf, linesOf, markIn, type JiraReceipt } from "./jira-ticket.ts";
import { isCollapsed, isDead, receiptsAt, type IncidentRow, type Rows } from "./rows.ts";
import { REFUSED_PAYLOAD, type SimCall } from "./sim-net.ts";
import type { World } from "./world.ts";

/** 3 and 6 at Jira: one ticket for each incident, saying what the store says, each moment told in it once. */
export function checkJira(rows: Rows, { plan, vendors, deeds, net }: World): void {
  const { jira } = vendors;
  const { snapshot } = plan;
  const receipts = receiptsAt(rows, snapshot, "jira") as readonly JiraReceipt[];
  for (const receipt of receipts) {
    if (!isDead(rows, receipt.incident, "jira")) checkTicket(rows, receipt, jira);
  }
  checkMadeOnce(receipts, net.calls);
  checkRespect(jira, deeds);
  checkDeadForGone(rows, jira);
  checkTwins(jira, net.calls);
  checkEdits(jira);
  checkOthersIssues(jira);
  checkFollowed(rows, deeds);
  const orphan = jira.issues.find((issue) => {
    const incident = incidentOf(issue);
    if (incident === null || isDead(rows, incident, "jira")) return false;
    return !receipts.some((receipt) => receipt.incident === incident);
  });
  hold(6, orphan === undefined, () => `Jira has ${orphan?.key}, and the store knows nothing of it`);
}

function checkTicket(rows: Rows, receipt: JiraReceipt, jira: FakeJira): void {
  const { incident } = receipt;
  const copies = jira.issues.filter((issue) => incidentOf(issue) === incident);
  const live = copies.filter(({ deletedAt }) => deletedAt === null);
  const keys = live.map(({ key }) => key).join(" ");
  hold(3, live.length <= 1, () => `#${incident} has ${live.length} live tickets: ${keys}`);
  // Whoever deletes one of several that nobody had told apart yet may have deleted the one that was to stay.
  if (copies.length > live.length) return;
  const [ticket] = live;
  if (ticket === undefined) return hold(3, false, () => `#${incident} was told, and Jira has no ticket of it`);
  const { anchor } = JSON.parse(receipt.remote) as { anchor: string };
  hold(6, ticket.id === anchor, () => `the ticket of #${incident} is ${ticket.id}, and the store names ${anchor}`);
  // Its story ends where that of the mass event begins.
  if (isCollapsed(rows, incident)) return;
  checkHead(rows, incident, ticket, jira);
  checkComments(rows, receipt, ticket, jira);
}

function checkHead(rows: Rows, incident: number, ticket: JiraIssue, jira: FakeJira): void {
  const { state, severity, count } = incidentRow(rows, incident);
  const head = headOf(ticket);
  const is = `${head.state} ${head.severity} x${head.count}`;
  hold(
    6,
    is === `${state} ${severity} x${count}`,
    () => `#${incident} is ${state} ${severity} x${count}, and ${ticket.key} says ${is}`,
  );
  const priority = { critical: "Highest", high: "High" }[severity];
  hold(
    6,
    priority === undefined || ticket.priority === priority,
    () => `${ticket.key} is ${severity}, and its priority ${ticket.priority}`,
  );
  checkStatus(incident, state, ticket, jira);
}

/** What people did last to the status stands. */
function checkStatus(incident: number, state: string, ticket: JiraIssue, jira: FakeJira): void {
  const moved = ticket.changelog.findLast(({ field }) => field === "status");
  const isPeoples = moved !== undefined && moved.by.id !== jira.site.me.id;
  const isRight = ticket.isDone === (state === "resolved");
  hold(6, isRight || isPeoples, () => `#${incident} is ${state}, and ${ticket.key} is ${ticket.status.name}`);
}

interface TellingRow {
  readonly step: number;
  readonly plan: string;
}

/** What each comment tells is what had not been told in this ticket yet. */
function checkComments(rows: Rows, { incident }: JiraReceipt, ticket: JiraIssue, jira: FakeJira): void {
  const comments = ticket.comments.filter(({ author }) => author.id === jira.site.me.id);
  const byStep = new Map<number, JiraComment>();
  const files = ticket.attachments.map(({ filename }) => filename);
  hold(
    3,
    new Set(files).size === files.length,
    () => `${ticket.key} of #${incident} has a file twice: ${files.join(", ")}`,
  );
  for (const comment of comments) {
    const mark = markIn(comment.properties.get("riposte"));
    const step = Number(/-(\d+)$/.exec(mark ?? "")?.[1]);
    hold(6, Number.isFinite(step), () => `a comment of ours on ${ticket.key} has no mark`);
    hold(3, !byStep.has(step), () => `${ticket.key} of #${incident} has the comment ${mark} twice`);
    byStep.set(step, comment);
  }
  const told = rows.all<TellingRow>(
    `SELECT step, max(plan) AS plan FROM attempt WHERE incident = ? AND destination = 'jira'
       AND action IN ('create', 'comment') AND outcome IN ('done', 'found', 'unknown') GROUP BY step ORDER BY step`,
    incident,
  );
  const moments = momentsOf(rows, incident);
  let upTo = 0;
  for (const { step, plan } of told) {
    const comment = byStep.get(step);
    if (step !== 1 && comment === undefined) continue;
    const last = (JSON.parse(plan) as { momentsTold: number }).momentsTold;
    if (comment !== undefined)
      checkTells(
        comment,
        moments.filter(({ n }) => n > upTo && n <= last),
        ticket,
      );
    upTo = last;
  }
  hold(6, upTo === moments.length, () => `${ticket.key} tells #${incident} up to moment ${upTo} of ${moments.length}`);
}

function checkTells({ body }: JiraComment, moments: readonly Moment[], { key }: JiraIssue): void {
  const lines = linesOf(valueText({ kind: "rich", text: body })).filter((line) => line.includes(" · "));
  const due = foldMoments(moments).map(({ kind, at }) => [WORDS[kind], utc(at)] as const);
  const isTold =
    lines.length === due.length && due.every(([word, at], i) => lines[i]!.startsWith(word) && lines[i]!.includes(at));
  hold(6, isTold, () => `a comment on ${key} should tell ${due.join("; ")}, and tells ${lines.join("; ")}`);
}

const WORDS = {
  opened: "Opened",
  escalated: "Escalated to",
  reopened: "Reopened",
  repeated: "Still open",
  unanswered: "Unanswered",
  acknowledged: "Acknowledged",
  note: "Note",
  action: "Response",
  resolved: "Resolved",
} as const;

/** 3 and 6: a second copy says so, is linked to the older one that goes on, and closed. */
function checkTwins(jira: FakeJira, calls: readonly SimCall[]): void {
  for (const { id, key, labels, links, deletedAt, isDone, changelog, properties } of jira.issues) {
    if (!labels.includes("riposte-twin") || deletedAt !== null) continue;
    const kept = jira.issue((properties.get("riposte") as { readonly twinOf: string }).twinOf);
    hold(3, Number(kept.id) < Number(id), () => `${key} was put away, and the newer ${kept.key} goes on`);
    // Where Jira refuses the whole of it, it is put away without a link.
    const isRefused = calls.some(({ fault, request }) => fault === REFUSED_PAYLOAD && request.url.endsWith(`/${id}`));
    hold(6, links.length > 0 || isRefused, () => `the twin ${key} is not linked to the ticket that goes on`);
    const moved = changelog.findLast(({ field }) => field === "status");
    const isPeoples = moved !== undefined && moved.by.id !== jira.site.me.id;
    hold(6, isDone || isPeoples, () => `the twin ${key} is not closed`);
  }
}

/** 5: who follows a ticket gets a mail for each edit: there is no more of them than there is to say. */
function checkEdits({ requests }: FakeJira): void {
  const editedAt = new Map<string, number[]>();
  for (const { at, route, path, status } of requests) {
    if (route !== "PUT /issue/{issue}" || status !== 204) continue;
    const times = [...(editedAt.get(path) ?? []), at].filter((then) => then > at - EDITS_WITHIN_MS);
    editedAt.set(path, times);
    hold(5, times.length <= EDITS_MOST, () => `${path} was edited ${times.length} times in ${EDITS_WITHIN_MS} ms`);
  }
}

const EDITS_WITHIN_MS = 60_000;
const EDITS_MOST = 8;

/** 6, before everything is quiet: what was told so long ago that nothing of it can still be on its way is right. */
export function checkJiraSoFar(rows: Rows, jira: FakeJira, now: Instant, longestWayMs: number): void {
  const settled = rows.all<IncidentRow & { remote: string }>(
    `SELECT incident.*, receipt.remote FROM incident JOIN receipt ON receipt.incident = incident.id
     WHERE receipt.destination = 'jira' AND receipt.last_done_at < ? AND incident.state <> 'pending' AND collapsed_into = 0
       AND NOT EXISTS (SELECT 1 FROM work WHERE work.incident = incident.id AND work.destination = 'jira'
         AND work.state <> 'watched')`,
    now - longestWayMs,
  );
  for (const { id, state, severity, count, remote } of settled) {
    const ticket = jira.issue((JSON.parse(remote) as { anchor: string }).anchor);
    if (ticket.deletedAt !== null) continue;
    const head = headOf(ticket);
    const is = `${head.state} ${head.severity} x${worth(head.count, state)}`;
    const should = `${state} ${severity} x${worth(count, state)}`;
    hold(6, is === should, () => `#${id} has long been ${should}, and ${ticket.key} says ${is}`);
    checkStatus(id, state, ticket, jira);
  }
}

/** A flood is not worth an edit for each alert: while it is open two digits of the count are. */
function worth(count: number, state: string): string {
  return state === "resolved"
    ? String(count)
    : `${String(count).slice(0, 2)}${"0".repeat(Math.max(0, String(count).length - 2))}`;
}

function incidentRow(rows: Rows, id: number): IncidentRow {
  return rows.all<IncidentRow>("SELECT * FROM incident WHERE id = ?", id)[0]!;
}

function momentsOf(rows: Rows, incident: number): readonly Moment[] {
  return rows.all<Moment>("SELECT * FROM moment WHERE incident = ? ORDER BY n", incident);
}

function utc(at: Instant): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
