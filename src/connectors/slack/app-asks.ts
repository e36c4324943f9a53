import type { Picture } from "../../core/picture.ts";
import type { Receipt } from "../../core/receipt.ts";
import type { Step, StepWords } from "../connector.ts";
import { markOfPost, type Anchor } from "./anchor.ts";
import { marked } from "./app-mark.ts";
import { approvalCard, askedHere, digestOfCard, isWaiting } from "./approval-card.ts";
import type { AppConfig } from "./kind.ts";

/** What a step about a card sends, and what the card shows then. */
export interface CardBody {
  readonly channel: string;
  readonly response: number;
  readonly shows: string;
  /** As Slack takes it. */
  readonly message: object;
}

/** Asks for the next approval that is waited for. What was decided meanwhile is asked only if it may have been already. */
export function askStep(
  config: AppConfig,
  picture: Picture,
  receipt: Receipt,
  { channel, ts, cards }: Anchor,
  { mark, repeat }: StepWords,
): Step | null {
  const unasked = askedHere(config, picture).filter(({ response: { id } }) =>
    cards.every((card) => card.response !== id),
  );
  const asked = unasked.find(isWaiting) ?? (repeat ? unasked.at(-1) : undefined);
  if (asked === undefined) return null;
  const { id } = asked.response;
  const message = { channel, thread_ts: ts, ...approvalCard(asked, mark, repeat), metadata: marked(mark, id) };
  const body: CardBody = { channel, response: id, shows: digestOfCard(asked), message };
  const { momentsTold, headDigest } = receipt;
  return {
    action: "ask",
    safeToRepeat: false,
    plan: { momentsTold, headDigest },
    anchor: receipt.remote.anchor,
    mark,
    body: JSON.stringify(body),
  };
}

/** Edits the next card that does not show how things are, or may have been written over by an edit that came late. */
export function cardStep(
  config: AppConfig,
  picture: Picture,
  receipt: Receipt,
  anchor: Anchor,
  { mark }: StepWords,
): Step | null {
  const redone = redoneUpTo(receipt);
  const shown = anchor.cards.flatMap((card) => {
    const asked = askedHere(config, picture).find(({ response }) => response.id === card.response);
    return asked === undefined ? [] : [{ card, asked, shows: digestOfCard(asked) }];
  });
  const isUnsure = (response: number): boolean => redone !== null && response > redone;
  const next = shown.find(({ card, shows }) => card.shows !== shows || isUnsure(card.response));
  if (next === undefined) return null;
  const { card, asked, shows } = next;
  const bears = markOfPost(mark, card);
  const { channel } = anchor;
  const message = {
    channel,
    ts: card.ts,
    ...approvalCard(asked, bears, false),
    metadata: marked(bears, card.response),
  };
  const body: CardBody = { channel, response: card.response, shows, message };
  const head = headShown(receipt);
  const isLeft = shown.some((other) => other !== next && isUnsure(other.card.response));
  const upTo = redone === null ? null : Math.max(redone, card.response);
  return {
    action: "edit_card",
    safeToRepeat: true,
    plan: {
      momentsTold: receipt.momentsTold,
      headDigest: head !== null && upTo !== null && isLeft ? `${head}~${upTo}` : head,
    },
    anchor: receipt.remote.anchor,
    mark,
    body: JSON.stringify(body),
  };
}

/** What the message itself shows; behind it may stand up to which card the thread has been gone over since. */
export function headShown({ headDigest }: Receipt): string | null {
  return headDigest?.split("~", 1)[0] ?? null;
}

/** Where nobody knows what is shown there, that is so of the cards as well: they are all written once more. */
export function redoing(digest: string, receipt: Receipt, { cards }: Anchor): string {
  const redone = receipt.headDigest === null && cards.length > 0 ? 0 : redoneUpTo(receipt);
  return redone === null ? digest : `${digest}~${redone}`;
}

function redoneUpTo({ headDigest }: Receipt): number | null {
  const [, upTo] = headDigest?.split("~") ?? [];
  return upTo === undefined ? null : Number(upTo);
}
