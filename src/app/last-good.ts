// The config that worked last, kept beside the database (or the admin socket): what a restart can fall back to when the file is broken.
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { keepFile } from "./keep-file.ts";

const NAME = "last-good.yaml";
const DEFAULT_FOLDER = "/var/lib/riposte";

/** Keeps the text as it was applied, whole or not at all. Throws when the folder takes no writes. */
export function keepLastGood(folder: string, text: string): void {
  keepFile(folder, NAME, text);
}

/** Where the copy would be, as far as a broken config still says which database it means. */
export function findLastGood(brokenText: string | null): string {
  return join(folderIn(brokenText) ?? DEFAULT_FOLDER, NAME);
}

function folderIn(text: string | null): string | null {
  if (text === null) return null;
  const store = keyIn(text, "store") ?? /^store:\s*["']?(sqlite:\/[^\s"'#]+)/m.exec(text)?.[1];
  if (typeof store === "string") return store.startsWith("sqlite:/") ? dirname(store.slice("sqlite:".length)) : null;
  // With PostgreSQL it lies beside the admin socket.
  const socket = store === undefined ? undefined : keyIn(text, "socket");
  return typeof socket === "string" ? dirname(socket) : null;
}

/** Undefined: it is not there, or the text is not even YAML, and a line that looks like the key has to do. */
function keyIn(text: string, key: "store" | "socket"): unknown {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0 });
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  } catch {
    return undefined;
  }
}
