/** The few file operations of the sources, so that a simulator can stand in for the disk. */
export interface Files {
  /** Null: there is no such file, or it may not be read (`why`). */
  open(path: string): OpenFile | OpenFailure;
  stat(path: string): FileStat | null;
  /** Where a symbolic link leads in the end; null: it is none, or leads nowhere. */
  target(path: string): string | null;
  /**
   * Names in a directory, in no order; empty where there is none. Throws what else the operating system says, as an
   * Error with a `code`: a folder that can't be read is no empty one.
   */
  list(directory: string): readonly string[];
  /**
   * Calls `changed` after something may have changed at the path (a file's bytes, or a directory's entries).
   * May miss changes and may report too many; the returned function ends it.
   */
  watch(path: string, changed: () => void): () => void;
}

/** What the operating system refuses of an open file is thrown, as an Error with a `code`. */
export interface OpenFile {
  readonly kind: "open";
  stat(): FileStat;
  /** Fills `into` from `position` in the file; how many bytes there were, 0 at the end. */
  read(into: Uint8Array, offset: number, length: number, position: number): number;
  close(): void;
}

export interface OpenFailure {
  readonly kind: "missing" | "unreadable";
  readonly why: string;
}

export interface FileStat {
  /** Device and inode, as text: larger than a float can hold on some file systems. */
  readonly inode: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly links: number;
}
