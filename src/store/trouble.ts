import { StoreError } from "./store.ts";

// SQLite's result codes (sqlite.org/rescode.html): the low byte is the family.
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** What went wrong with the file, in words that say what to do; an error about anything else is handed back. */
export function troubleWith(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  if ("syscall" in error && "code" in error) {
    return error.code === "ENOSPC" || error.code === "EDQUOT" ? full(path, error) : unwritable(path, error);
  }
  if (!("errcode" in error) || typeof error.errcode !== "number") return error;
  switch (error.errcode & 0xff) {
    case BUSY:
    case LOCKED:
      return new StoreError("locked", `${path} is held by another program: end that one and start again.`, {
        cause: error,
      });
    case CORRUPT:
      return damaged(path, error);
    case NOTADB:
      return new StoreError(
        "not_ours",
        `${path} is no database, or its beginning was overwritten: name another file, or put the newest backup there with ` +
          "`riposte restore`.",
        { cause: error },
      );
    case FULL:
      return full(path, error);
    case READONLY:
    case IOERR:
    case CANTOPEN:
      return unwritable(path, error);
  }
  return error;
}

export function damaged(path: string, cause?: Error): StoreError {
  return new StoreError(
    "corrupt",
    `${path} is damaged: stop Riposte and put the newest backup in its place with \`riposte restore\`, or move it and ` +
      "its -wal file away to begin with an empty one.",
    { cause },
  );
}

export function full(path: string, cause?: Error): StoreError {
  return new StoreError("full", `The disk of ${path} is full: free some space, and reading goes on.`, { cause });
}

function unwritable(path: string, cause: Error): StoreError {
  return new StoreError(
    "unwritable",
    `${path} can't be read and written (${cause.message}): see that its folder exists, that this user may write in ` +
      "it, and that the disk is sound.",
    { cause },
  );
}
