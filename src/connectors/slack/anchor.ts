/** A message of ours: `C0123456789/1787216414.101684/1`, and after its channel and its ts which step posted it. */
export interface Anchor {
  readonly channel: string;
  readonly ts: string;
  /** The last number of the mark that it bears. */
  readonly step: number;
  /** Somebody deleted it, or it can't be edited any more: what comes next is posted anew. */
  readonly isGone: boolean;
}

const ANCHOR = /^([A-Z][A-Z0-9]{2,30})\/(\d{1,12}\.\d{1,9})\/(\d{1,9})(\/gone)?$/;

/** Null: none of ours. */
export function readAnchor(text: string | null): Anchor | null {
  const [, channel, ts, step, gone] = ANCHOR.exec(text ?? "") ?? [];
  if (channel === undefined || ts === undefined) return null;
  return { channel, ts, step: Number(step), isGone: gone !== undefined };
}

export function anchorOf(channel: string, ts: string, mark: string): string {
  return `${channel}/${ts}/${stepOf(mark)}`;
}

export function goneAnchor(anchor: string): string {
  return readAnchor(anchor)?.isGone === true ? anchor : `${anchor}/gone`;
}

/** The mark that a message bears: that of the step that posted it, whichever step it is that we are at. */
export function markOfPost(mark: string, { step }: Anchor): string {
  return mark.replace(/-\d+$/, `-${step}`);
}

function stepOf(mark: string): string {
  return /-(\d+)$/.exec(mark)?.[1] ?? "1";
}
