import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { sayNoneLeft } from "../core/open-files.ts";

export type PlainFile =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly mode: number }
  /** `why` goes on behind the file's name. */
  | { readonly kind: "unreadable"; readonly code: string | null; readonly why: string };

/** Reads a file of somebody else's whole, or says why not and what to do. */
export function readPlainFile(path: string, mostBytes: number): PlainFile {
  const unreadable = (code: string | null, why: string): PlainFile => ({ kind: "unreadable", code, why });
  try {
    // Without O_NONBLOCK a named pipe in its place would have us wait for a writer for ever.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) return unreadable(null, "is not a plain file. Name the file itself");
      if (stat.size > mostBytes)
        return unreadable(null, `is larger than ${mostBytes / 1_048_576} MiB: is this the right file?`);
      return { kind: "bytes", bytes: readFileSync(file), mode: stat.mode & 0o7777 };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : null;
    return unreadable(code, whyNot(code));
  }
}

function whyNot(code: string | null): string {
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist. Correct the path in the config";
  if (code === "EACCES" || code === "EPERM")
    return "may not be read by the user that Riposte runs as. Give that user read access";
  return `can't be read: ${sayNoneLeft(code) ?? code ?? "unknown trouble"}`;
}
