import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  opendirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  watch,
  type BigIntStats,
} from "node:fs";
import { join } from "node:path";
import { sayNoneLeft } from "../core/open-files.ts";
import type { NoSpoolFile, SpoolFile, SpoolFolder } from "./spool-folder.ts";

const { O_RDONLY, O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

const REJECTED = "rejected";
/** Whoever puts files in must see when it was touched. */
const TOUCHED_MODE = 0o644;

/** A spool on the machine's disk. */
export function diskSpoolFolder(path: string): SpoolFolder {
  const at = (name: string): string => join(path, name);

  function stat(): ReturnType<SpoolFolder["stat"]> {
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return null;
    return {
      isDirectory: found.isDirectory(),
      inode: `${found.dev}:${found.ino}`,
      ownerId: Number(found.uid),
      modifiedAtMs: Number(found.mtimeMs),
    };
  }

  function* names(): Generator<string> {
    const directory = opendirSync(path, { bufferSize: 1_024 });
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) yield entry.name;
    } finally {
      directory.closeSync();
    }
  }

  function writtenAt(name: string): number | null {
    const found = lstatSync(at(name), { throwIfNoEntry: false });
    return found?.isFile() === true ? found.mtimeMs : null;
  }

  function open(name: string): SpoolFile | NoSpoolFile {
    let descriptor: number;
    try {
      // A pipe under that name would otherwise hold up the whole process until somebody writes to it.
      descriptor = openSync(at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      return notOpened(error);
    }
    const found = fstatSync(descriptor);
    if (!found.isFile()) {
      closeSync(descriptor);
      return { kind: "no_file", why: found.isDirectory() ? "it is a directory" : "it is no regular file" };
    }
    return {
      kind: "open",
      stat: () => fileStat(fstatSync(descriptor, { bigint: true })),
      read: (into, offset, length, position) => readSync(descriptor, into, offset, length, position),
      close: () => closeSync(descriptor),
    };
  }

  function remove(name: string): void {
    try {
      unlinkSync(at(name));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }

  function setAside(name: string): void {
    try {
      mkdirSync(at(REJECTED), { mode: 0o750 });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    try {
      // Renaming moves a link itself, wherever it leads.
      renameSync(at(name), join(path, REJECTED, name));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }

  function touch(name: string, seenAt: number): void {
    try {
      touchOnce(at(name), seenAt);
    } catch (error) {
      // It is another user's, under whom this ran before, or something else that stands in the way.
      if (!["EPERM", "EACCES", "ELOOP", "ENXIO"].includes(codeOf(error))) throw error;
      unlinkSync(at(name));
      touchOnce(at(name), seenAt);
    }
  }

  function watchFolder(changed: () => void): () => void {
    try {
      const watcher = watch(path, { persistent: false }, () => changed());
      // A network file system, or no inotify watches left: whoever watches also looks by the clock.
      watcher.on("error", () => watcher.close());
      return () => watcher.close();
    } catch {
      return () => {};
    }
  }

  return { path, stat, names, writtenAt, open, remove, setAside, touch, watch: watchFolder };
}

function touchOnce(path: string, seenAt: number): void {
  const descriptor = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, TOUCHED_MODE);
  try {
    futimesSync(descriptor, seenAt / 1_000, seenAt / 1_000);
  } finally {
    closeSync(descriptor);
  }
}

function notOpened(error: unknown): NoSpoolFile {
  switch (codeOf(error)) {
    case "ENOENT":
      return { kind: "gone" };
    case "ELOOP":
      return { kind: "no_file", why: "it is a symbolic link" };
    case "ENXIO":
      return { kind: "no_file", why: "it is no regular file" };
    case "":
      throw error;
    default: {
      const code = codeOf(error);
      return { kind: "unreadable", why: sayNoneLeft(code) ?? code };
    }
  }
}

function fileStat(found: BigIntStats): ReturnType<SpoolFile["stat"]> {
  return {
    inode: `${found.dev}:${found.ino}`,
    sizeBytes: Number(found.size),
    modifiedAtMs: Number(found.mtimeMs),
    links: Number(found.nlink),
    ownerId: Number(found.uid),
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
