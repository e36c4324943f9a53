import type { Instant } from "../core/time.ts";
import type { FileStat, OpenFile } from "./files.ts";

/**
 * A directory that others put files into and that we empty. Nothing in it is trusted: no name is followed elsewhere.
 * What the operating system refuses is thrown, as an Error with a `code`, unless it is said otherwise.
 */
export interface SpoolFolder {
  readonly path: string;
  /** Null: there is nothing of that name. */
  stat(): FolderStat | null;
  /** The names in it, in no order, read as they are asked for. */
  names(): Iterable<string>;
  /** When it was last written to; null: it is gone, or is no file. */
  writtenAt(name: string): Instant | null;
  open(name: string): SpoolFile | NoSpoolFile;
  /** What is gone already is well removed. */
  remove(name: string): void;
  /** Into a directory `rejected` beside it, which is made where it is missing. */
  setAside(name: string): void;
  /** Gives the file this time, and makes it where it is missing. */
  touch(name: string, at: Instant): void;
  /** Calls `changed` after names may have changed; may miss changes and report too many. The returned function ends it. */
  watch(changed: () => void): () => void;
}

export interface FolderStat {
  readonly isDirectory: boolean;
  readonly inode: string;
  readonly ownerId: number;
  readonly modifiedAtMs: number;
}

export interface SpoolFile extends OpenFile {
  stat(): FileStat & { readonly ownerId: number };
}

export type NoSpoolFile =
  | { readonly kind: "gone" }
  /** A link, a directory, a pipe: it will never be a file. */
  | { readonly kind: "no_file"; readonly why: string }
  /** It may be better later. */
  | { readonly kind: "unreadable"; readonly why: string };
