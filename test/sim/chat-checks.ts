import type { Instant } from "../../src/core/time.ts";
import { ownObject, ownText } from "../fakes/json.ts";
import type { SlackMessage } from "../fakes/slack-app/channel.ts";
import type { FakeSlackApp } from "../fakes/slack-app/slack-app.ts";
import { hold } from "./checks.ts";
import { isCollapsed, isDead, receiptsAt, type IncidentRow, type ReceiptRow, type Rows } from "./rows.ts";
import type { World } from "./world.ts";

/** 3 and 6 in the chat: one live message for each incident, saying what the store says, its story in its thread. */
export function checkChat(rows: Rows, { plan, vendors }: World): void {
  const { chat } = vendors;
  const receipts = receiptsAt(rows, plan.snapshot, "chat");
  for (const receipt of receipts) {
    if (!isDead(rows, receipt.incident, "chat")) checkMessage(rows, receipt, chat);
  }
  const known = new Set(receipts.map(({ incident }) => incident));
  const orphan = chat.live.map(markOf).find((mark) => {
    return mark !== null && !known.has(mark.incident) && !isDead(rows, mark.incident, "chat");
  });
  hold(6, orphan === undefined, () => `the chat tells of #${orphan?.incident}, and the store knows nothing of it`);
}

function checkMessage(rows: Rows, receipt: ReceiptRow, chat: FakeSlackApp): void {
  const { incident } = receipt;
  const copies = copiesOf(chat, incident);
  const live = copies.filter(({ deletedAt }) => deletedAt === null);
  hold(3, live.length <= 1, () => `#${incident} has ${live.length} live messages in the chat`);
  const { anchor } = JSON.parse(receipt.remote) as { anchor: string };
  const [message] = live;
  const named = copies.find(({ channel, ts }) => anchor.startsWith(`${channel}/${ts}/`));
  if (message === undefined) {
    // Nothing was told of it since: whoever deletes the last word has the last word. What is known to be gone is posted
    // anew.
    const isLast = !anchor.endsWith("/gone") && (named?.deletedAt ?? 0) >= lastWordAt(rows, incident) - LATE_MS;
    hold(3, isLast, () => `#${incident} was told in the chat, and no message of it is left`);
  } else {
    hold(6, named === message, () => `the message of #${incident} is ${message.ts}, and the store names ${anchor}`);
    // Without it a second copy could not be told from the first, of which the oldest stays.
    const mark = markOf(message)?.step;
    hold(
      6,
      anchor.endsWith(`/${mark}`),
      () => `the message of #${incident} bears mark ${mark}, and is named ${anchor}`,
    );
    checkReplies(rows, receipt, message, copies, chat);
  }
  // Its story ends where that of the mass event begins.
  if (named === undefined || isCollapsed(rows, incident)) return;
  const [row] = rows.all<IncidentRow>("SELECT * FROM incident WHERE id = ?", incident);
  const is = headOf(chat.textOf(named));
  const should = `${row?.state} ${row?.severity} x${row?.count}`;
  hold(6, is === should, () => `#${incident} is ${should}, and the chat says ${is}`);
}

/**
 * When the message itself was last written. What goes into its thread says nothing that did not stand there before, and
 * arrives there also when the message is gone and others have answered it. What was found had arrived before the look.
 */
function lastWordAt(rows: Rows, incident: number): Instant {
  const [last] = rows.all<{ at: Instant | null }>(
    `SELECT max(CASE outcome WHEN 'found' THEN began_at ELSE ended_at END) AS at FROM attempt
     WHERE incident = ? AND destination = 'chat' AND action IN ('post', 'repost', 'edit') AND outcome IN ('done', 'found')`,
    incident,
  );
  return last?.at ?? Infinity;
}

/** A call may have been answered this long before its outcome was written down. */
const LATE_MS = 60_000;

function checkReplies(
  rows: Rows,
  { incident }: ReceiptRow,
  message: SlackMessage,
  copies: readonly SlackMessage[],
  chat: FakeSlackApp,
): void {
  const steps = chat.repliesTo(message).flatMap((reply) => markOf(reply)?.step ?? []);
  hold(3, new Set(steps).size === steps.length, () => `the thread of #${incident} has a reply twice: ${steps.join()}`);
  // What was told to another copy stands in that one's thread, or in the message that came after it.
  if (copies.length > 1) return;
  const told = rows.all<{ step: number }>(
    `SELECT step FROM attempt WHERE incident = ? AND destination = 'chat' AND action = 'reply'
       AND outcome IN ('done', 'found')`,
    incident,
  );
  const lost = told.find(({ step }) => !steps.includes(step));
  hold(6, lost === undefined, () => `reply ${lost?.step} of #${incident} is not in its thread`);
}

/** 6, before everything is quiet: what was told so long ago that nothing of it can still be on its way is right. */
export function checkChatSoFar(rows: Rows, chat: FakeSlackApp, now: Instant, longestWayMs: number): void {
  const settled = rows.all<IncidentRow & { ticket: string | null; ticket_at: number | null }>(
    `SELECT incident.*, ticket.remote AS ticket, ticket.last_done_at AS ticket_at
       FROM incident JOIN receipt ON receipt.incident = incident.id
       LEFT JOIN receipt AS ticket ON ticket.incident = incident.id AND ticket.destination = 'jira'
     WHERE receipt.destination = 'chat' AND receipt.last_done_at < ? AND incident.state <> 'pending' AND collapsed_into = 0
       AND NOT EXISTS (SELECT 1 FROM work WHERE work.incident = incident.id AND work.destination = 'chat'
         AND work.state <> 'watched')`,
    now - longestWayMs,
  );
  for (const { id, state, severity, count, ticket, ticket_at: ticketAt } of settled) {
    const copies = copiesOf(chat, id);
    // What somebody deleted is posted anew with the next news.
    if (copies.some(({ deletedAt }) => deletedAt !== null)) continue;
    const [message] = copies;
    const text = message === undefined ? "" : chat.textOf(message);
    const should = `${state} ${severity} x${worth(count, state)}`;
    const is = headOf(text).replace(/\d+$/, (shown) => worth(Number(shown), state));
    hold(6, is === should, () => `#${id} has long been ${should}, and the chat says ${is}`);
    const url = ticket === null ? null : (JSON.parse(ticket) as { url: string | null }).url;
    if (url === null || (ticketAt ?? now) > now - longestWayMs) continue;
    const key = url.split("/").at(-1)!;
    hold(6, text.includes(key), () => `#${id} has long had the ticket ${key}, and the chat does not link it`);
  }
}

/** A flood is not worth an edit for each alert: while it is open two digits of the count are. */
function worth(count: number, state: string): string {
  const digits = String(count);
  return state === "resolved" ? digits : `${digits.slice(0, 2)}${"0".repeat(Math.max(0, digits.length - 2))}`;
}

export function copiesOf(chat: FakeSlackApp, incident: number): readonly SlackMessage[] {
  const { messages } = chat.channel("security-alerts");
  return messages.filter((message) => message.threadTs === null && markOf(message)?.incident === incident);
}

function markOf({ metadata }: SlackMessage): { readonly incident: number; readonly step: number } | null {
  const payload = metadata === null ? null : ownObject(metadata, "event_payload");
  const [, incident, step] = /^rp-[a-z0-9]+-(\d+)-chat-(\d+)$/.exec((payload && ownText(payload, "mark")) ?? "") ?? [];
  return incident === undefined ? null : { incident: Number(incident), step: Number(step) };
}

function headOf(text: string): string {
  const state = /^Incident #\d+ · (\w+)/m.exec(text)?.[1] ?? "nothing";
  const severity = /^\*Severity\*\n(.*)$/m.exec(text)?.[1] ?? "";
  const count = /^\*(?:Alerts|Incidents)\*\n(.*)$/m.exec(text)?.[1] ?? "";
  return `${state} ${severity.toLowerCase()} x${count.replaceAll(",", "")}`;
}
