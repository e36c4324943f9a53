import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  lstatSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
  watch,
  type BigIntStats,
} from "node:fs";
import { sayNoneLeft } from "../core/open-files.ts";
import type { FileStat, Files, OpenFailure, OpenFile } from "./files.ts";

/** The machine's disk. Only `list`, and `stat` and `read` of an open file throw, and only what the operating system says. */
export const diskFiles: Files = { open, stat, target, list, watch: watchPath };

function open(path: string): OpenFile | OpenFailure {
  let descriptor: number;
  try {
    // A pipe under that name would otherwise hold up the whole process until somebody writes to it.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const isMissing = codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
    return { kind: isMissing ? "missing" : "unreadable", why: whyOf(error) };
  }
  const kind = kindOf(descriptor);
  if (kind !== "file") {
    closeSync(descriptor);
    return { kind: "unreadable", why: `it is ${kind}` };
  }
  return {
    kind: "open",
    stat: () => fileStat(fstatSync(descriptor, { bigint: true })),
    read: (into, offset, length, position) => readSync(descriptor, into, offset, length, position),
    close: () => closeSync(descriptor),
  };
}

function kindOf(descriptor: number): string {
  const found = fstatSync(descriptor);
  if (found.isFile()) return "file";
  return found.isDirectory() ? "a directory" : "not a regular file";
}

function stat(path: string): FileStat | null {
  try {
    return fileStat(statSync(path, { bigint: true }));
  } catch {
    return null;
  }
}

function target(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : null;
  } catch {
    return null;
  }
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    // Whoever takes a refusal for an empty directory passes by what is in it.
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

function watchPath(path: string, changed: () => void): () => void {
  try {
    const watcher = watch(path, { persistent: false }, () => changed());
    // A network file system, or no inotify watches left: whoever watches also looks by the clock.
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}

function fileStat(found: BigIntStats): FileStat {
  return {
    inode: `${found.dev}:${found.ino}`,
    sizeBytes: Number(found.size),
    modifiedAtMs: Number(found.mtimeMs),
    links: Number(found.nlink),
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** `EACCES: permission denied`, without the path that the caller knows. */
function whyOf(error: unknown): string {
  const noneLeft = sayNoneLeft(codeOf(error));
  if (noneLeft !== null) return noneLeft;
  const message = error instanceof Error ? error.message : String(error);
  return message.split(", ", 1)[0] ?? message;
}
