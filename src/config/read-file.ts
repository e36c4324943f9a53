import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { sayNoneLeft } from "../core/open-files.ts";
import { CONFIG_BYTES_MOST } from "./load.ts";

export type ReadConfigFile =
  | { readonly kind: "text"; readonly text: string }
  /** `says` is a whole sentence for people. */
  | { readonly kind: "unreadable"; readonly says: string };

/** Reads the config's file, or says in one sentence why not and what to do. */
export function readConfigFile(path: string): ReadConfigFile {
  const read = readTextFile(path, CONFIG_BYTES_MOST);
  switch (read.kind) {
    case "text":
      return read;
    case "missing":
      return { kind: "unreadable", says: `${path}: there is no such file. Name it with --config` };
    case "unreadable":
      return { kind: "unreadable", says: `${path}: ${read.why}` };
  }
}

export type ReadTextFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "missing" }
  /** What is wrong and what to do, to stand behind its name. */
  | { readonly kind: "unreadable"; readonly why: string };

/** Reads a file that a person wrote. */
export function readTextFile(path: string, mostBytes: number): ReadTextFile {
  const unreadable = (why: string): ReadTextFile => ({ kind: "unreadable", why });
  let bytes: Uint8Array;
  try {
    // Without O_NONBLOCK a named pipe in its place would have us wait for a writer for ever.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) return unreadable("is a directory. Give the path of the file in it");
      if (!stat.isFile()) return unreadable("is not a plain file");
      if (stat.size > mostBytes) return unreadable(`is larger than ${sizeWords(mostBytes)}: is this the right file?`);
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const why = whyNot(error);
    return why === null ? { kind: "missing" } : unreadable(why);
  }
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return unreadable("is not UTF-8 text. Save it as UTF-8");
  }
}

function sizeWords(bytes: number): string {
  return bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes / 1_024} KiB`;
}

/** Null: there is no such file. */
function whyNot(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return null;
    case "EACCES":
    case "EPERM":
      return "may not be read by the user that Riposte runs as. Give that user read access";
    default:
      return `can't be read: ${sayNoneLeft(code) ?? String(code ?? error)}`;
  }
}
