import type { Instant } from "../core/time.ts";
import type { FileHead, FileIdentity } from "./tail-identity.ts";

/** How far a tail has come. Stored as JSON; nobody else looks inside. */
export interface TailCursor extends PlaceInFile {
  /** Null: there was no file yet. Whichever appears is read from its start. */
  readonly file: FileIdentity | null;
  /** The first line at or after this event time has not been found yet; null: it has, or none was asked for. */
  readonly fromAt: Instant | null;
}

export interface PlaceInFile {
  /** Where the next line begins. */
  readonly offsetBytes: number;
  /** The line before that offset was too long, has been counted, and goes on here. */
  readonly skipping: boolean;
  /** What stands just before that offset; null: nothing does, or an earlier version stored the place. */
  readonly mark: FileHead | null;
}

export const BEFORE_ANY_FILE: TailCursor = { file: null, offsetBytes: 0, skipping: false, mark: null, fromAt: null };

export function cursorText(cursor: TailCursor): string {
  return JSON.stringify({ v: 1, ...cursor });
}

/** Null where the text is none of ours, or of a later version. */
export function parseCursor(text: string): TailCursor | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(parsed) || parsed["v"] !== 1) return null;
  const { file, offsetBytes, skipping, mark = null, fromAt = null } = parsed;
  if (!isOffset(offsetBytes) || typeof skipping !== "boolean") return null;
  if (fromAt !== null && !Number.isSafeInteger(fromAt)) return null;
  if (file !== null && !isIdentity(file)) return null;
  if (mark !== null && !isHead(mark)) return null;
  return { file, offsetBytes, skipping, mark, fromAt: fromAt as Instant | null };
}

function isIdentity(value: unknown): value is FileIdentity {
  if (!isRecord(value)) return false;
  const { inode, head, dated } = value;
  return typeof inode === "string" && (dated === null || typeof dated === "string") && isHead(head);
}

function isHead(value: unknown): value is FileHead {
  return isRecord(value) && isOffset(value["bytes"]) && typeof value["sha256"] === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
