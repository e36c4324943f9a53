/**
 * A message of ours: `C0123456789/1787216414.101684/1`, and after its channel and its ts which step posted it. Behind it
 * stand the cards in its thread: `;7:1787216420.000200:3:0123456789abcdef`.
 */
export interface Anchor {
  readonly channel: string;
  readonly ts: string;
  /** The last number of the mark that it bears. */
  readonly step: number;
  /** Somebody deleted it, or it can't be edited any more: what comes next is posted anew. */
  readonly isGone: boolean;
  /** What people were asked in its thread. */
  readonly cards: readonly Card[];
}

/** A reply that is kept as what it asks about is. */
export interface Card {
  readonly response: number;
  readonly ts: string;
  /** Which step posted it. */
  readonly step: number;
  /** Digest of what it shows; zeros: not known. */
  readonly shows: string;
}

export const SHOWS_UNKNOWN = "0000000000000000";

const ANCHOR =
  /^([A-Z][A-Z0-9]{2,30})\/(\d{1,12}\.\d{1,9})\/(\d{1,9})(\/gone)?((?:;\d{1,15}:\d{1,12}\.\d{1,9}:\d{1,9}:[0-9a-f]{16}){0,100})$/;

/** Null: none of ours. */
export function readAnchor(text: string | null): Anchor | null {
  const [, channel, ts, step, gone, cards = ""] = ANCHOR.exec(text ?? "") ?? [];
  if (channel === undefined || ts === undefined) return null;
  return { channel, ts, step: Number(step), isGone: gone !== undefined, cards: readCards(cards) };
}

export function anchorOf(channel: string, ts: string, mark: string): string {
  return `${channel}/${ts}/${stepOf(mark)}`;
}

/** The message alone, without its thread. */
export function headOf(anchor: string): string {
  return anchor.split(";", 1)[0] ?? "";
}

/** Whatever was asked in its thread is asked anew where it is posted anew. */
export function goneAnchor(anchor: string): string {
  return readAnchor(anchor)?.isGone === true ? anchor : `${headOf(anchor)}/gone`;
}

/** With this card in the place of an earlier one of the same response. */
export function withCard(anchor: string, card: Card): string {
  const others = (readAnchor(anchor)?.cards ?? []).filter(({ response }) => response !== card.response);
  return written(anchor, [...others, card]);
}

export function withoutCard(anchor: string, response: number): string {
  const cards = readAnchor(anchor)?.cards ?? [];
  return written(
    anchor,
    cards.filter((card) => card.response !== response),
  );
}

/** The mark that a message bears: that of the step that posted it, whichever step it is that we are at. */
export function markOfPost(mark: string, { step }: Pick<Anchor, "step">): string {
  return mark.replace(/-\d+$/, `-${step}`);
}

export function stepOf(mark: string): number {
  return Number(/-(\d+)$/.exec(mark)?.[1] ?? "1");
}

function readCards(text: string): readonly Card[] {
  return text
    .split(";")
    .slice(1)
    .map((card) => {
      const [response = "", ts = "", step = "", shows = ""] = card.split(":");
      return { response: Number(response), ts, step: Number(step), shows };
    });
}

function written(anchor: string, cards: readonly Card[]): string {
  const inOrder = cards.toSorted((a, b) => a.response - b.response);
  return [headOf(anchor), ...inOrder.map(({ response, ts, step, shows }) => `${response}:${ts}:${step}:${shows}`)].join(
    ";",
  );
}
