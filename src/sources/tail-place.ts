import { dirname, join } from "node:path";
import type { Files, OpenFile } from "../ports/files.ts";
import type { TailCursor } from "./tail-cursor.ts";
import { datedNameOf, newestFirst, orderOf } from "./tail-dated.ts";
import type { TailEvent } from "./tail-event.ts";
import { beginsWith, isTelling, readHead, type FileIdentity } from "./tail-identity.ts";

/** The short name that Wazuh moves from file to file. */
export interface ShortName {
  readonly files: Files;
  readonly path: string;
}

export interface Opened {
  readonly kind: "opened";
  readonly path: string;
  readonly handle: OpenFile;
  readonly identity: FileIdentity;
}

export type NotOpened = Extract<TailEvent, { kind: "missing" | "unreadable" }>;

/** A file and where in it to read on. */
export interface Place {
  readonly kind: "place";
  readonly opened: Opened;
  readonly offsetBytes: number;
  readonly skipping: boolean;
  readonly notes: readonly TailEvent[];
}

/** The place of the very first start. */
export function firstPlace(name: ShortName, start: "end" | "beginning", maxLineBytes: number): Place | NotOpened {
  const opened = openFile(name, name.path, null);
  if (opened.kind !== "opened") return opened;
  if (start === "beginning") return placeAt(opened, 0, false);
  return guarded(opened, () => {
    const { sizeBytes } = opened.handle.stat();
    const lineStart = startOfLastLine(opened.handle, sizeBytes, maxLineBytes);
    return lineStart === null ? placeAt(opened, sizeBytes, true) : placeAt(opened, lineStart, false);
  });
}

/** The place that a cursor stands for, wherever its file is now; the next one that there is, if its file is gone. */
export function resumedPlace(name: ShortName, cursor: TailCursor): Place | NotOpened {
  const current = openFile(name, name.path, null);
  const wanted = cursor.file;
  if (wanted === null) return current.kind === "opened" ? placeAt(current, 0, false) : current;
  if (current.kind === "opened" && isSame(current, wanted)) return goOn(current, cursor);

  const search = (): Place | NotOpened | null => findOld(name, cursor, wanted);
  const old = current.kind === "opened" ? guarded(current, search) : search();
  if (old !== null) {
    if (current.kind === "opened") current.handle.close();
    return old;
  }
  if (current.kind !== "opened") return current;
  if (isCopy(current, wanted)) return goOn(current, cursor);
  if (current.identity.inode === wanted.inode && current.identity.dated === wanted.dated)
    return placeAt(current, 0, false, [{ kind: "truncated", path: name.path }]);
  return afterGone(name, wanted, current);
}

/** Which file comes after the one with this dated name. */
export interface Following {
  readonly path: string;
  readonly dated: string | null;
  /** The short name leads to it: Wazuh may have left the one before it only just now. */
  readonly isCurrent: boolean;
  /** Files between that are only there packed. */
  readonly packed: readonly string[];
  /** Bytes in it and in all that come after it. */
  readonly bytes: number;
}

/** Null while the short name leads nowhere, as it does for an instant at every rotation. */
export function following(name: ShortName, dated: string | null): Following | null {
  const { files, path } = name;
  const current = files.stat(path);
  if (current === null) return null;
  const short: Following = { path, dated: null, isCurrent: true, packed: [], bytes: current.sizeBytes };
  const order = dated === null ? null : orderOf(dated);
  if (order === null) return short;

  let found: Following | null = null;
  let packed: string[] = [];
  let bytes = 0;
  for (const file of newestFirst(files, dirname(path))) {
    if (file.order <= order) break;
    const filePath = join(dirname(path), file.name);
    const stat = file.packed ? null : files.stat(filePath);
    const isCurrent = stat?.inode === current.inode;
    // What is newer than the file under the short name is just being made.
    if (found === null && !isCurrent) continue;
    if (stat === null) {
      packed = [filePath, ...packed];
      continue;
    }
    bytes += stat.sizeBytes;
    found = { path: filePath, dated: file.name, isCurrent, packed: [], bytes };
    packed = [];
  }
  // Without the current one among them, the dates don't tell the order: somebody set a clock back.
  return found === null ? short : { ...found, packed };
}

/** `dated` where it is known from the name. */
export function openFile(name: ShortName, path: string, dated: string | null): Opened | NotOpened {
  const { files } = name;
  const handle = files.open(path);
  switch (handle.kind) {
    case "missing":
      return { kind: "missing", path };
    case "unreadable":
      return { kind: "unreadable", path, why: handle.why };
    case "open":
      break;
  }
  try {
    const { inode } = handle.stat();
    // Not every file system counts links, so the name is looked for whatever `links` says.
    const known = dated ?? datedNameOf(files, dirname(name.path), inode);
    return { kind: "opened", path, handle, identity: { inode, head: readHead(handle), dated: known } };
  } catch (error) {
    handle.close();
    throw error;
  }
}

function findOld(name: ShortName, cursor: TailCursor, wanted: FileIdentity): Place | NotOpened | null {
  const path = wanted.dated === null ? null : join(dirname(name.path), wanted.dated);
  const dated = path === null ? null : openFile(name, path, wanted.dated);
  if (dated?.kind === "unreadable") return dated;
  if (dated?.kind !== "opened") return findInode(name, cursor, wanted);
  if (isSame(dated, wanted) || isCopy(dated, wanted)) return goOn(dated, cursor);
  const moved = guarded(dated, () => findInode(name, cursor, wanted));
  // Another content under the old name was never read.
  if (moved === null) return placeAt(dated, 0, false, [{ kind: "truncated", path: dated.path }]);
  dated.handle.close();
  return moved;
}

function findInode(name: ShortName, cursor: TailCursor, wanted: FileIdentity): Place | NotOpened | null {
  const folder = dirname(name.path);
  const dated = datedNameOf(name.files, folder, wanted.inode);
  if (dated === null || dated === wanted.dated) return null;
  const opened = openFile(name, join(folder, dated), dated);
  if (opened.kind !== "opened") return opened.kind === "missing" ? null : opened;
  if (isSame(opened, wanted)) return goOn(opened, cursor);
  opened.handle.close();
  return null;
}

function afterGone(name: ShortName, wanted: FileIdentity, current: Opened): Place | NotOpened {
  const gone = wanted.dated === null ? null : join(dirname(name.path), wanted.dated);
  const how = gone !== null && name.files.stat(`${gone}.gz`) !== null ? "packed" : "gone";
  const next = following(name, wanted.dated);
  const notes: TailEvent[] = [{ kind: "gap", path: gone ?? name.path, how }];
  for (const path of next?.packed ?? []) notes.push({ kind: "gap", path, how: "packed" });
  if (next === null || next.isCurrent) return placeAt(current, 0, false, notes);
  current.handle.close();
  const opened = openFile(name, next.path, next.dated);
  return opened.kind === "opened" ? placeAt(opened, 0, false, notes) : opened;
}

function isSame(opened: Opened, wanted: FileIdentity): boolean {
  const { inode, dated } = opened.identity;
  if (inode !== wanted.inode) return false;
  // Wazuh removes a file that stayed empty, and a later one may be given its inode: a few bytes are no proof.
  if (!isTelling(wanted.head) && dated !== wanted.dated) return false;
  return guarded(opened, () => beginsWith(opened.handle, wanted.head));
}

function isCopy(opened: Opened, wanted: FileIdentity): boolean {
  return isTelling(wanted.head) && guarded(opened, () => beginsWith(opened.handle, wanted.head));
}

/** Whether the file is long enough for that is seen when it is read, as at any other time. */
function goOn(opened: Opened, cursor: TailCursor): Place {
  return placeAt(opened, cursor.offsetBytes, cursor.skipping);
}

function placeAt(opened: Opened, offsetBytes: number, skipping: boolean, notes: readonly TailEvent[] = []): Place {
  return { kind: "place", opened, offsetBytes, skipping, notes };
}

function guarded<T>(opened: Opened, work: () => T): T {
  try {
    return work();
  } catch (error) {
    opened.handle.close();
    throw error;
  }
}

const BLOCK_BYTES = 64 * 1024;

/** Behind the last newline; null where there is none in all that a line may hold: the end is amid one too long. */
function startOfLastLine(handle: OpenFile, sizeBytes: number, maxLineBytes: number): number | null {
  const block = Buffer.alloc(BLOCK_BYTES);
  const lowest = Math.max(0, sizeBytes - maxLineBytes - 2);
  for (let end = sizeBytes; end > lowest; end -= BLOCK_BYTES) {
    const start = Math.max(lowest, end - BLOCK_BYTES);
    const got = handle.read(block, 0, end - start, start);
    const newline = block.subarray(0, got).lastIndexOf(10);
    if (newline !== -1) return start + newline + 1;
  }
  return lowest === 0 ? 0 : null;
}
