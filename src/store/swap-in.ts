import { copyFileSync, linkSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { keptName, statOf } from "./database-place.ts";
import type { Former } from "./former-database.ts";
import { syncToDisk } from "./private-file.ts";

/**
 * Puts a finished copy in the place of a database in one rename. What was there keeps a name of its own, which it
 * gets first: at no time is there nothing under the database's name, where a server would begin an empty one.
 */
export function swapIn(staged: string, path: string, former: Former, stamp: string): string | null {
  const folder = dirname(path);
  const kept = freeName(path, stamp);
  // One that is sound has none of these any more.
  for (const ending of ["-wal", "-journal"]) {
    if (statOf(path + ending) !== null) linkOrCopy(path + ending, kept + ending);
  }
  if (former.kind !== "none") linkOrCopy(path, kept);
  syncToDisk(folder);
  for (const ending of ["-wal", "-shm", "-journal"]) rmSync(path + ending, { force: true });
  syncToDisk(folder);
  renameSync(staged, path);
  syncToDisk(folder);
  return former.kind === "none" ? null : kept;
}

function freeName(path: string, stamp: string): string {
  for (let n = 1; ; n += 1) {
    const name = keptName(path, n === 1 ? stamp : `${stamp}-${n}`);
    if (statOf(name) === null) return name;
  }
}

/** Some file systems have no second names. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code)) throw error;
    copyFileSync(from, to);
  }
}
