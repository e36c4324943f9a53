import { StoreError } from "./store.ts";

// SQLite's result codes (sqlite.org/rescode.html); the low byte is the family.
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The error that SQLite met, in words that say what to do; anything that is not about the file is handed back. */
export function troubleWith(path: string, error: unknown): unknown {
  const code = resultCodeOf(error);
  const options = { cause: error };
  switch (code) {
    case BUSY:
    case LOCKED:
      return new StoreError("locked", `${path} is held by another program: end that program and start again.`, options);
    case CORRUPT:
      return damaged(path, options);
    case NOTADB:
      return new StoreError(
        "not_ours",
        `${path} is no database, or its beginning was overwritten: name another file, or put the newest backup there.`,
        options,
      );
    case FULL:
      return new StoreError(
        "full",
        `The disk of ${path} is full: free some space; what was not yet stored is read again.`,
        options,
      );
    case READONLY:
    case IOERR:
    case CANTOPEN:
      return new StoreError(
        "unwritable",
        `${path} can't be read and written (${(error as Error).message}): see that its folder exists, that this user ` +
          "may write there, and that the disk is sound.",
        options,
      );
    default:
      return error;
  }
}

export function damaged(path: string, options?: ErrorOptions): StoreError {
  return new StoreError(
    "corrupt",
    `${path} is damaged: move it and its -wal file away and put the newest backup in its place, or begin anew without.`,
    options,
  );
}

function resultCodeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}
