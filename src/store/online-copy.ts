import { closeSync, fdatasync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { backup } from "node:sqlite";
import { promisify } from "node:util";
import { openCopy, type DatabaseFacts } from "./copy-check.ts";
import { openForReading } from "./open-for-reading.ts";
import { syncToDisk } from "./private-file.ts";
import { StoreError } from "./store.ts";
import { damaged, troubleWith } from "./trouble.ts";

export interface CopyOptions {
  readonly path: string;
  readonly to: string;
  readonly progress: (step: CopyProgress) => void;
}

export type CopyProgress = { readonly kind: "copying"; readonly part: number } | { readonly kind: "checking" };

const PAGES_AT_ONCE = 1_024;
const syncData = promisify(fdatasync);

/**
 * Copies a database, also one that an engine works on: what was committed when it began, under its name only once it
 * is whole, looked through and on the disk. Nobody who writes has to wait for it.
 */
export async function copyOnline(options: CopyOptions): Promise<DatabaseFacts | StoreError> {
  const { path, to, progress } = options;
  const unfinished = `${to}.unfinished`;
  try {
    const install = await copyPages(options, unfinished);
    progress({ kind: "checking" });
    const facts = lookThrough(unfinished, options);
    if (facts.install !== install) throw new StoreError("corrupt", `${to} did not become a copy of ${path}.`);
    syncToDisk(unfinished);
    renameSync(unfinished, to);
    syncToDisk(dirname(to));
    return facts;
  } catch (error) {
    for (const ending of ["", "-journal"]) rmSync(unfinished + ending, { force: true });
    const trouble = copyTrouble(options, error);
    if (trouble instanceof StoreError) return trouble;
    throw trouble;
  }
}

async function copyPages({ path, progress }: CopyOptions, unfinished: string): Promise<string> {
  const db = openForReading(path);
  let target: number | undefined;
  try {
    // Held until the end: without it SQLite begins again at each commit of somebody else, and never ends under load.
    db.exec("BEGIN");
    const install = db.prepare("SELECT install FROM meta").get()?.["install"] as string;
    rmSync(unfinished, { force: true });
    target = openSync(unfinished, "wx", 0o600);
    const disk = syncAlong(target);
    try {
      await backup(db, unfinished, {
        rate: PAGES_AT_ONCE,
        progress({ totalPages, remainingPages }) {
          progress({ kind: "copying", part: 1 - remainingPages / totalPages });
          disk.written();
        },
      });
    } finally {
      await disk.end();
    }
    return install;
  } finally {
    if (target !== undefined) closeSync(target);
    db.close();
  }
}

/** A copy with a damaged page in it is as good as what it was copied from. */
function lookThrough(unfinished: string, { path }: CopyOptions): DatabaseFacts {
  try {
    const { db, facts } = openCopy(unfinished, path);
    db.close();
    return facts;
  } catch (error) {
    if (error instanceof StoreError && error.code === "corrupt") throw damaged(path, error);
    throw error;
  }
}

/**
 * Writes to the disk as it goes: a quarter of a gigabyte at once at the end makes the Writer's own sync wait for 80 to
 * 100 ms, and this for 20.
 */
function syncAlong(descriptor: number): { written(): void; end(): Promise<void> } {
  let failed: Error | null = null;
  let syncing: Promise<void> | null = null;
  const sync = async (): Promise<void> => {
    try {
      await syncData(descriptor);
    } catch (error) {
      failed = error as Error;
    }
    syncing = null;
  };
  return {
    written() {
      syncing ??= sync();
    },
    async end() {
      await syncing;
      if (failed !== null) throw failed;
    },
  };
}

function copyTrouble({ path, to }: CopyOptions, error: unknown): unknown {
  const trouble = troubleWith(to, error);
  if (trouble === error || !(trouble instanceof StoreError)) return error;
  if (trouble.code === "corrupt") return damaged(path, error as Error);
  const message =
    trouble.code === "full"
      ? `There is no room for the copy at ${to}: free some, or name a file on another disk.`
      : `${to} can't be written (${(error as Error).message}): see that its folder exists and that this user may write in it.`;
  return new StoreError(trouble.code, message, { cause: error });
}
