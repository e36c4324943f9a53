import { join } from "node:path";
import type { Instant } from "../core/time.ts";
import type { PlaceInFile, TailCursor } from "./tail-cursor.ts";
import { datedNameOf } from "./tail-dated.ts";
import type { TailEvent } from "./tail-event.ts";
import { folderOf, type ShortName } from "./tail-folder.ts";
import { following, openFollowing } from "./tail-following.ts";
import { beginsWith, isMarked, isTelling, type FileIdentity } from "./tail-identity.ts";
import { guarded, openNamed, openShort, startOf, type NotOpened, type Opened } from "./tail-open.ts";

/** A file and where in it to read on. */
export interface Place extends PlaceInFile {
  readonly kind: "place";
  readonly opened: Opened;
  /** Lines before this event time are passed over; null: none are. */
  readonly fromAt: Instant | null;
  readonly notes: readonly TailEvent[];
}

/** The place that a cursor stands for, wherever its file is now; the next one that there is, if its file is gone. */
export function resumedPlace(name: ShortName, cursor: TailCursor): Place | NotOpened {
  const current = openShort(name);
  const { file: wanted, fromAt } = cursor;
  if (wanted === null) return current.kind === "opened" ? startOfFile(current, fromAt) : current;
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
    return startOfFile(current, fromAt, [{ kind: "truncated", path: name.path }]);
  return afterGone(name, cursor, wanted, current);
}

function findOld(name: ShortName, cursor: TailCursor, wanted: FileIdentity): Place | NotOpened | null {
  const dated = wanted.dated === null ? null : openNamed(name, wanted.dated);
  if (dated?.kind === "unreadable") return dated;
  if (dated?.kind !== "opened") return findInode(name, cursor, wanted);
  if (isSame(dated, wanted) || isCopy(dated, wanted) || isPackedFrom(dated, wanted)) return goOn(dated, cursor);
  const moved = guarded(dated, () => findInode(name, cursor, wanted));
  // Another content under the old name was never read.
  if (moved === null) return startOfFile(dated, cursor.fromAt, [{ kind: "truncated", path: dated.path }]);
  dated.handle.close();
  return moved;
}

function findInode(name: ShortName, cursor: TailCursor, wanted: FileIdentity): Place | NotOpened | null {
  const dated = datedNameOf(name.files, folderOf(name), wanted.inode);
  if (dated === null || dated === wanted.dated) return null;
  const opened = openNamed(name, dated);
  if (opened.kind !== "opened") return opened.kind === "missing" ? null : opened;
  if (isSame(opened, wanted)) return goOn(opened, cursor);
  opened.handle.close();
  return null;
}

function afterGone(name: ShortName, { fromAt }: TailCursor, wanted: FileIdentity, current: Opened): Place | NotOpened {
  const gone = wanted.dated === null ? name.path : join(folderOf(name), wanted.dated);
  // Wazuh removes a file that stayed empty: nothing is missing then.
  const notes: readonly TailEvent[] = wanted.head.bytes === 0 ? [] : [{ kind: "gap", path: gone }];
  const next = guarded(current, () => following(name, wanted.dated));
  if (next === null || next.isCurrent) return startOfFile(current, fromAt, notes);
  current.handle.close();
  const opened = openFollowing(name, next);
  return opened.kind === "opened" ? startOfFile(opened, fromAt, notes) : opened;
}

function isSame(opened: Opened, wanted: FileIdentity): boolean {
  const { inode, dated } = opened.identity;
  if (inode !== wanted.inode) return false;
  // Wazuh removes a file that stayed empty, and a later one may be given its inode: a few bytes are no proof.
  if (!isTelling(wanted.head) && dated !== wanted.dated) return false;
  return beginsAs(opened, wanted);
}

function isCopy(opened: Opened, wanted: FileIdentity): boolean {
  return isTelling(wanted.head) && beginsAs(opened, wanted);
}

/** Packing makes a new file of it: what is left of the old one is its dated name and what it begins with. */
function isPackedFrom(opened: Opened, wanted: FileIdentity): boolean {
  return opened.packed && opened.identity.dated === wanted.dated && beginsAs(opened, wanted);
}

/** Whether it is the file that is read up to there, under a number that its file system has given it since. */
export function isSameRenumbered(opened: Opened, { file, offsetBytes, mark }: TailCursor): boolean {
  if (file === null || mark === null || !isCopy(opened, file)) return false;
  const { dated } = opened.identity;
  if (dated !== null && file.dated !== null && dated !== file.dated) return false;
  return guarded(opened, () => isMarked(opened.handle, offsetBytes, mark));
}

function beginsAs(opened: Opened, { head }: FileIdentity): boolean {
  return guarded(opened, () => beginsWith(startOf(opened), head));
}

/** Whether the file is long enough for that, and the same up to there, is seen when it is read, as at any other time. */
function goOn(opened: Opened, { offsetBytes, skipping, mark, fromAt }: TailCursor): Place {
  return { kind: "place", opened, offsetBytes, skipping, mark, fromAt, notes: [] };
}

export function startOfFile(opened: Opened, fromAt: Instant | null, notes: readonly TailEvent[] = []): Place {
  return { kind: "place", opened, offsetBytes: 0, skipping: false, mark: null, fromAt, notes };
}
