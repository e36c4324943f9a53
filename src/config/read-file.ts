import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { sayNoneLeft } from "../core/open-files.ts";
import { CONFIG_BYTES_MOST } from "./load.ts";

export type ReadConfigFile =
  | { readonly kind: "text"; readonly text: string }
  /** `says` is a whole sentence for people. */
  | { readonly kind: "unreadable"; readonly says: string };

/** Reads the config's file, or says in one sentence why not and what to do. */
export function readConfigFile(path: string): ReadConfigFile {
  const unreadable = (why: string): ReadConfigFile => ({ kind: "unreadable", says: `${path}: ${why}` });
  let bytes: Uint8Array;
  try {
    // Without O_NONBLOCK a named pipe in its place would have us wait for a writer for ever.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (stat.isDirectory()) return unreadable("is a directory. Give the path of the file in it");
      if (!stat.isFile()) return unreadable("is not a plain file");
      if (stat.size > CONFIG_BYTES_MOST) return unreadable("is larger than 1 MiB: is this the right file?");
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return unreadable(whyNot(error));
  }
  try {
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return unreadable("is not UTF-8 text. Save it as UTF-8");
  }
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file. Name it with --config";
    case "EACCES":
    case "EPERM":
      return "may not be read by the user that Riposte runs as. Give that user read access";
    default:
      return `can't be read: ${sayNoneLeft(code) ?? String(code ?? error)}`;
  }
}
