import { chownSync, closeSync, fsyncSync, openSync, statSync, type Stats } from "node:fs";

/**
 * Makes an empty file that only this user may read, for SQLite to fill: alerts hold command lines and mail, and what
 * SQLite creates by itself is as open as the umask. Only ever opens a file that was not there: closing another one
 * would drop the locks that SQLite holds on it in this process.
 */
export function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** Waits until a file or the names in a folder are on the disk. Not for a file that SQLite has open, as above. */
export function syncToDisk(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** What root puts in a folder of Riposte's user must be that user's, or the server can't open it. */
export function giveToOwnerOf(path: string, { uid, gid }: Stats): void {
  const own = statSync(path);
  if (own.uid === uid && own.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    // Anybody else may not, and needs not: the server is started by whoever restores, or opens the file by its group.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
