import { hash } from "node:crypto";
import type { OpenFile } from "../ports/files.ts";

/**
 * What makes a file itself: names move from one to the next, inodes are used again, and a file may be emptied and
 * filled anew. What has once been written at its start stays.
 */
export interface FileIdentity {
  readonly inode: string;
  readonly head: FileHead;
  /** The name that it keeps, below the folder of the short one: `2026/May/ossec-alerts-26.json`. Null: it has none. */
  readonly dated: string | null;
}

/** The first bytes of a file: as many as were there, up to `HEAD_BYTES`. */
export interface FileHead {
  readonly bytes: number;
  readonly sha256: string;
}

/** In every alert this much holds the timestamp and the rule. */
export const HEAD_BYTES = 256;

/** Reads a file's first bytes: fewer than asked for where there are fewer. */
export type FirstBytes = (most: number) => Buffer;

export function readHead(first: FirstBytes): FileHead {
  return headOf(first(HEAD_BYTES));
}

/** Whether the file still begins with these bytes. It may have grown since. */
export function beginsWith(first: FirstBytes, head: FileHead): boolean {
  if (head.bytes === 0) return true;
  const now = headOf(first(Math.min(head.bytes, HEAD_BYTES)));
  return now.bytes === head.bytes && now.sha256 === head.sha256;
}

/** Enough to know a file by where its inode has another number now: on a restored disk, or a device renumbered at boot. */
export function isTelling(head: FileHead): boolean {
  return head.bytes === HEAD_BYTES;
}

/** Of what stands just before a place. Many alerts end alike, so it holds a timestamp and an id at least. */
export const MARK_BYTES = 4 * 1_024;

/** What stands before a place, for as long as the file is the one that was read up to there. */
export function markOf(bytes: Uint8Array): FileHead {
  return headOf(bytes);
}

/** Whether these bytes still stand just before the place: what begins alike may have been cut off and have grown since. */
export function isMarked(file: OpenFile, atBytes: number, mark: FileHead | null): boolean {
  if (mark === null) return true;
  const bytes = Buffer.alloc(Math.min(mark.bytes, MARK_BYTES, atBytes));
  if (bytes.length === 0) return true;
  const now = headOf(bytes.subarray(0, file.read(bytes, 0, bytes.length, atBytes - bytes.length)));
  return now.bytes === mark.bytes && now.sha256 === mark.sha256;
}

export function plainStart(file: OpenFile): FirstBytes {
  return (most) => {
    const bytes = Buffer.alloc(most);
    const first = bytes.subarray(0, file.read(bytes, 0, most, 0));
    // What a hole will hold nobody knows yet.
    const zero = first.indexOf(0);
    return zero === -1 ? first : first.subarray(0, zero);
  };
}

function headOf(bytes: Uint8Array): FileHead {
  return { bytes: bytes.length, sha256: hash("sha256", bytes, "hex") };
}
