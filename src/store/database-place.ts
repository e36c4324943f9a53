import { accessSync, constants, readdirSync, realpathSync, rmSync, statSync, type Stats } from "node:fs";
import { basename, dirname, join } from "node:path";
import { networkFileSystem } from "./file-system.ts";
import { StoreError } from "./store.ts";

/** Two names of one file must lead to one lock. */
export function realPath(path: string): string {
  const folder = realpathSync(dirname(path));
  try {
    return realpathSync(path);
  } catch {
    return join(folder, basename(path));
  }
}

export function refuseNetwork(path: string, typeOf: (folder: string) => number): void {
  const network = networkFileSystem(typeOf(dirname(path)));
  if (network === null) return;
  throw new StoreError(
    "network_file_system",
    `${path} is on a network file system (${network}), where a database gets damaged: name a file on a local disk in ` +
      "`store`.",
  );
}

/** Null: there is nothing. */
export function statOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

export function refuseFolder(path: string): void {
  if (statOf(path)?.isDirectory() !== true) return;
  throw new StoreError(
    "unwritable",
    `${path} is a folder: let \`store\` name a file in it, like ${join(path, "riposte.db")}.`,
  );
}

/**
 * SQLite opens what it may not write all the same, and leaves files beside it that nobody may write either: better not
 * to let it begin.
 */
export function refuseReadOnly(...paths: readonly string[]): void {
  for (const path of paths) {
    if (statOf(path) === null) continue;
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch (error) {
      throw new StoreError(
        "unwritable",
        `This user can't read and write ${path} (${(error as NodeJS.ErrnoException).code ?? "no reason"}): give it to ` +
          "the user that runs Riposte (`chown`, `chmod u+rw`), or make its disk writable.",
        { cause: error },
      );
    }
  }
}

/**
 * A log holds what was committed last. Beside an empty file, or none, SQLite would remove it: whoever moved the
 * database away and not its log loses that.
 */
export function refuseLoneLog(path: string): void {
  if ((statOf(path)?.size ?? 0) > 0 || (statOf(`${path}-wal`)?.size ?? 0) === 0) return;
  throw new StoreError(
    "corrupt",
    `${path} is not there but its log is (${path}-wal), with the newest commits in it: put the database back beside ` +
      "it, or move the log away to begin with an empty one.",
  );
}

/** The name under which a restore keeps what was there before. */
export function keptName(path: string, stamp: string): string {
  return `${path}.before-restore-${stamp}`;
}

/**
 * A hard link is a second name to which no path leads back: an engine under each would have a log and a lock of its
 * own, and both would write the one file. Ask with the lock held.
 */
export function refuseSecondName(path: string): void {
  const found = statOf(path);
  if (found === null || !found.isFile() || found.nlink === 1) return;
  if (found.nlink - forgetUnfinishedRestore(path, found) === 1) return;
  throw new StoreError(
    "unwritable",
    `${path} has another name in this file system (a hard link), under which a second Riposte could damage it: ` +
      `remove the other name (find it with \`find / -xdev -samefile ${path}\`), or let \`store\` name a copy.`,
  );
}

/** A restore that was killed may have kept the database under its second name already. Returns how many went. */
function forgetUnfinishedRestore(path: string, { ino, dev }: Stats): number {
  const kept = basename(keptName(path, ""));
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(kept));
  const same = names
    .map((name) => join(dirname(path), name))
    .filter((other) => {
      const found = statOf(other);
      return found?.ino === ino && found.dev === dev;
    });
  for (const other of same) rmSync(other);
  return same.length;
}
