import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** A folder with a few small files of ours. Throws what the operating system refuses, as an Error with a `code`. */
export interface DurableFolder {
  /** Null: there is no such file. */
  read(name: string): string | null;
  /** The file has this text, whole and on the disk, or still what it had. */
  replace(name: string, text: string): void;
  /**
   * Puts a text at the file's end, and on the disk. Where that would make it longer than `mostBytes`, the file takes
   * the place of the `.old` one, and a new one begins.
   */
  append(name: string, text: string, mostBytes: number): void;
}

/**
 * Makes the folder where there is none. Only this user can read what is in it: lines of alerts are. Throws as well
 * where nothing can be written there.
 */
export function openDurableFolder(path: string): DurableFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  return {
    read(name) {
      try {
        return readFileSync(join(path, name), "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
    },

    replace(name, text) {
      const beside = join(path, `${name}.new`);
      const file = openSync(beside, "w", 0o600);
      try {
        writeFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(beside, join(path, name));
      sync(path);
    },

    append(name, text, mostBytes) {
      const to = join(path, name);
      const sizeBytes = statSync(to, { throwIfNoEntry: false })?.size ?? 0;
      if (sizeBytes > 0 && sizeBytes + Buffer.byteLength(text) > mostBytes) renameSync(to, `${to}.old`);
      appendFileSync(to, text, { mode: 0o600, flush: true });
      if (sizeBytes === 0) sync(path);
    },
  };
}

/** A new name is on the disk only once its folder is. */
function sync(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
