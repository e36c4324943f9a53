import { later, type Later, type Look } from "../../core/outcome.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { Receipt } from "../../core/receipt.ts";
import type { Io, Lost } from "../connector.ts";
import type { Access } from "./access.ts";
import { anchorOf, headOf, readAnchor, SHOWS_UNKNOWN, stepOf, withCard, type Anchor } from "./anchor.ts";
import { MARK_EVENT } from "./app-mark.ts";
import type { Channels } from "./channels.ts";
import { leftMs, readSlack } from "./client.ts";
import { listIn, memberOf, nextCursorIn, textIn } from "./members.ts";

/** How far our clock may be from Slack's. */
export const CLOCK_DIFFERENCE_MS: Instant = 5 * MINUTE_MS;
/** Some apps get fewer, whatever they ask for: the cursor says whether there are more. */
const PAGE = "100";
const LEAST_TIME_MS = SECOND_MS;

/**
 * Whether a lost step arrived: a first message is looked for in the channels in which it may have been posted, a reply
 * in its thread, each down to what is older than the call.
 */
export async function findMessage(
  access: Access,
  { mark, action, receipt, since }: Lost,
  names: readonly string[],
  channels: Channels,
  io: Io,
): Promise<Look> {
  const oldest = String(Math.max(0, since - CLOCK_DIFFERENCE_MS) / 1_000);
  if (action === "reply" || action === "ask") {
    const anchor = readAnchor(receipt?.remote.anchor ?? null);
    if (receipt === null || anchor === null) return { kind: "absent", evidence: "there is no thread to look in" };
    const { channel, ts } = anchor;
    const seen = await read(access, "conversations.replies", { channel, ts, oldest }, mark, io);
    if (!("found" in seen)) return seen;
    const [first, ...others] = seen.found;
    if (first === undefined) return { kind: "absent", evidence: `not among the ${seen.read} replies of the thread` };
    if (action === "ask") return foundCard(anchor, receipt, seen, mark);
    return {
      kind: "found",
      remote: receipt.remote,
      others: others.map((other) => anchorOf(channel, other, mark)),
      evidence: `found the reply ${first}${andMore(others)}`,
    };
  }
  const anchors: string[] = [];
  let looked = 0;
  for (const name of names) {
    const channel = await channels.idOf(name, access, io);
    if (typeof channel !== "string") return channel;
    const seen = await read(access, "conversations.history", { channel, oldest }, mark, io);
    if (!("found" in seen)) return seen;
    looked += seen.read;
    anchors.push(...seen.found.map((ts) => anchorOf(channel, ts, mark)));
  }
  const [first, ...others] = anchors.toSorted((one, other) => Number(tsOf(one)) - Number(tsOf(other)));
  if (first === undefined) return { kind: "absent", evidence: `not among the ${looked} newest messages` };
  const evidence = `found the message ${tsOf(first)}${andMore(others)}`;
  const own = readAnchor(receipt?.remote.anchor ?? null);
  const ownHead = headOf(receipt?.remote.anchor ?? "");
  // The message that goes on bears another mark, or somebody deleted it: whatever else turns up is a second copy.
  if (receipt !== null && own !== null && !own.isGone && !anchors.includes(ownHead))
    return { kind: "found", remote: receipt.remote, others: anchors, evidence };
  // Its thread is known as well.
  if (receipt !== null && first === ownHead) return { kind: "found", remote: receipt.remote, others, evidence };
  return { kind: "found", remote: { anchor: first, url: null }, others, evidence };
}

/** The one that is known already stays; else the oldest does. */
function foundCard(anchor: Anchor, { remote }: Receipt, { found, cardOf }: Seen, mark: string): Look {
  const known = anchor.cards.find(({ step, ts }) => step === stepOf(mark) && found.includes(ts));
  const kept = known?.ts ?? found[0] ?? "";
  const response = cardOf.get(kept) ?? 0;
  const others = found.filter((ts) => ts !== kept);
  const card = { response, ts: kept, step: stepOf(mark), shows: SHOWS_UNKNOWN };
  return {
    kind: "found",
    remote: known === undefined && response > 0 ? { ...remote, anchor: withCard(remote.anchor ?? "", card) } : remote,
    others: others.map((ts) => anchorOf(anchor.channel, ts, mark)),
    evidence: `found the question ${kept}${andMore(others)}`,
  };
}

function tsOf(anchor: string): string {
  return readAnchor(anchor)?.ts ?? "";
}

function andMore(others: readonly string[]): string {
  return others.length === 0 ? "" : `, and ${others.length} more of it`;
}

interface Seen {
  /** The ts of those that bear the mark, oldest first. */
  readonly found: readonly string[];
  /** Which responses those of them ask about that are cards. */
  readonly cardOf: ReadonlyMap<string, number>;
  readonly read: number;
}

async function read(
  access: Access,
  method: string,
  where: Readonly<Record<string, string>>,
  mark: string,
  io: Io,
): Promise<Seen | Look> {
  const found: string[] = [];
  const cardOf = new Map<string, number>();
  let count = 0;
  let cursor = "";
  do {
    if (leftMs(io) < LEAST_TIME_MS) return tooMany(count);
    const query = { ...where, include_all_metadata: "true", limit: PAGE, ...(cursor !== "" && { cursor }) };
    const page = await readSlack(io, access, "its messages", { method, query }, pageIn);
    if (page.kind === "later") return noThread(page.word) ? { found: [], cardOf, read: 0 } : page;
    const { messages, next } = page.value;
    count += messages.length;
    for (const message of messages) {
      const ts = textIn(message, "ts");
      if (ts === null || markIn(message) !== mark) continue;
      found.push(ts);
      const card = memberOf(memberOf(memberOf(message, "metadata"), "event_payload"), "card");
      if (typeof card === "number" && Number.isSafeInteger(card)) cardOf.set(ts, card);
    }
    cursor = next;
  } while (cursor !== "");
  return { found: [...new Set(found)].toSorted((one, other) => Number(one) - Number(other)), cardOf, read: count };
}

/** Its message was deleted, and whatever answered to it with it. */
function noThread(word: string | null): boolean {
  return word === "thread_not_found" || word === "message_not_found";
}

/** Nothing is wrong; there was only more to read than fits into one look. */
function tooMany(read: number): Later {
  return later("not_found_yet", "work", null, `read ${read} messages without coming to the end in time`);
}

function pageIn(json: unknown) {
  const messages = listIn(json, "messages");
  return messages === null ? null : { messages, next: nextCursorIn(json) };
}

function markIn(message: unknown): string | null {
  const metadata = memberOf(message, "metadata");
  if (textIn(metadata, "event_type") !== MARK_EVENT) return null;
  return textIn(memberOf(metadata, "event_payload"), "mark");
}
