// Takes blocks out of one file and puts them into another, byte for byte, in a way that can be undone.
import type { ByteRange, IntegrationBlock } from "./integration-block.ts";
import { OSSEC_CONF_BYTES_MOST, readOssecConf } from "./ossec-conf.ts";
import { pairSameBlocks } from "./same-block.ts";

/** One block that goes. */
export interface Cut extends ByteRange {
  /** It goes into the other file; false: it stands there already. */
  readonly isAdded: boolean;
}

export interface Files {
  readonly conf: Uint8Array;
  readonly takenOver: Uint8Array;
}

/** What one takeover left in the file of blocks that were taken over: enough to undo it, with the copy of before. */
export interface Section {
  /** In the name of the copy as well. */
  readonly stamp: string;
  readonly cuts: readonly Cut[];
  /** Where it begins, in bytes. */
  readonly from: number;
}

/** What is cut for a block: with its whole lines where nothing else stands on them. */
export function cutOf(conf: Uint8Array, { range }: IntegrationBlock, isAdded: boolean): Cut {
  const text = latin1(conf);
  const before = /(?:^|\n)[ \t]*$/.exec(text.slice(0, range.from))?.[0];
  const behind = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(range.to))?.[0];
  if (before === undefined || behind === undefined) return { ...range, isAdded };
  return { from: range.from - before.replace("\n", "").length, to: range.to + behind.length, isAdded };
}

/** Both files after it. */
export function moveBlocks({ conf, takenOver }: Files, cuts: readonly Cut[], stamp: string): Files {
  const before = latin1(takenOver);
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  return { conf: without(conf, cuts), takenOver: bytesOf(before + gap + sectionText(conf, cuts, stamp)) };
}

export function without(conf: Uint8Array, cuts: readonly ByteRange[]): Uint8Array {
  const text = latin1(conf);
  const kept = inOrder(cuts).map(({ from }, i, all) => text.slice(all[i - 1]?.to ?? 0, from));
  return bytesOf(kept.join("") + text.slice(inOrder(cuts).at(-1)?.to ?? 0));
}

const HEADER = /<!-- riposte takeover (\w+):((?: [+=]\d+-\d+)+) -->\n/g;

function sectionText(conf: Uint8Array, cuts: readonly Cut[], stamp: string): string {
  const text = latin1(conf);
  const numbers = cuts.map(({ from, to, isAdded }) => `${isAdded ? "+" : "="}${from}-${to}`).join(" ");
  const blocks = inOrder(cuts.filter(({ isAdded }) => isAdded)).map(({ from, to }) => {
    const block = text.slice(from, to);
    return block.endsWith("\n") ? block : `${block}\n`;
  });
  return `<!-- riposte takeover ${stamp}: ${numbers} -->\n<ossec_config>\n${blocks.join("")}</ossec_config>\n`;
}

/** The last one; null: there is none. */
export function lastSection(takenOver: Uint8Array): Section | null {
  const found = [...latin1(takenOver).matchAll(HEADER)].at(-1);
  if (found === undefined) return null;
  const [, stamp = "", numbers = ""] = found;
  const cuts = [...numbers.matchAll(/([+=])(\d+)-(\d+)/g)].map(([, sign, from, to]): Cut => ({
    from: Number(from),
    to: Number(to),
    isAdded: sign === "+",
  }));
  return { stamp, cuts, from: found.index };
}

/** The takeover was written down, and then the file that integratord reads was not: it still is as it was before. */
export function isUnfinished({ conf, takenOver }: Files, section: Section, copy: Uint8Array): boolean {
  return isEqual(conf, copy) && isAsWritten(takenOver, section, copy);
}

function isAsWritten(takenOver: Uint8Array, { stamp, cuts, from }: Section, copy: Uint8Array): boolean {
  return latin1(takenOver).slice(from) === sectionText(copy, cuts, stamp);
}

export type Undone = (Files & { readonly kind: "undone" }) | { readonly kind: "refused"; readonly why: WhyNotUndone };

export type WhyNotUndone =
  /** Somebody changed the blocks since they were taken over. */
  | "blocks_changed"
  /** Some of them are back already. */
  | "blocks_back"
  /** What surrounded a block is not there any more. */
  | "conf_changed";

/** Both files as they were before the section's takeover, with what was changed elsewhere in integratord's since. */
export function undoMove({ conf, takenOver }: Files, section: Section, copy: Uint8Array): Undone {
  const refused = (why: WhyNotUndone): Undone => ({ kind: "refused", why });
  if (!isAsWritten(takenOver, section, copy)) return refused("blocks_changed");
  const left = takenOver.subarray(0, section.from);
  if (isEqual(conf, copy)) return { kind: "undone", conf, takenOver: left };
  const after = without(copy, section.cuts);
  if (isEqual(conf, after)) return { kind: "undone", conf: copy, takenOver: left };

  const moved = blocksAt(copy, section.cuts);
  if (pairSameBlocks(moved, readOssecConf(conf).blocks).size > 0) return refused("blocks_back");
  const merged = putBack(conf, after, copy, section.cuts);
  if (merged === null || merged.length > OSSEC_CONF_BYTES_MOST) return refused("conf_changed");
  const read = readOssecConf(merged);
  const isWhole = read.accepted && pairSameBlocks(moved, read.blocks).size === moved.length;
  return isWhole ? { kind: "undone", conf: merged, takenOver: left } : refused("conf_changed");
}

function blocksAt(conf: Uint8Array, cuts: readonly Cut[]): readonly IntegrationBlock[] {
  return readOssecConf(conf).blocks.filter(({ range }) =>
    cuts.some(({ from, to }) => from <= range.from && range.to <= to),
  );
}

/** Into what is left of `after` at both ends of what was changed; null: a place is in the middle of that. */
function putBack(conf: Uint8Array, after: Uint8Array, copy: Uint8Array, cuts: readonly Cut[]): Uint8Array | null {
  const [now, then, text] = [latin1(conf), latin1(after), latin1(copy)];
  const most = Math.min(now.length, then.length);
  let head = 0;
  while (head < most && now[head] === then[head]) head += 1;
  let tail = 0;
  while (tail < most - head && now.at(-1 - tail) === then.at(-1 - tail)) tail += 1;
  let gone = 0;
  let at = 0;
  let merged = "";
  for (const { from, to } of inOrder(cuts)) {
    const place = from - gone;
    gone += to - from;
    const isAtHead = place <= head;
    if (!isAtHead && place < then.length - tail) return null;
    const here = isAtHead ? place : place + now.length - then.length;
    merged += now.slice(at, here) + text.slice(from, to);
    at = here;
  }
  return bytesOf(merged + now.slice(at));
}

function inOrder<Range extends ByteRange>(ranges: readonly Range[]): readonly Range[] {
  return ranges.toSorted((a, b) => a.from - b.from);
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
