import { readdirSync, realpathSync, rmSync, statSync, type Stats } from "node:fs";
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
    "not_ours",
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
