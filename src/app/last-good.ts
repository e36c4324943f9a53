// The config that worked last, kept beside the database: what a restart can fall back to when the file is broken.
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";

const NAME = "last-good.yaml";
const DEFAULT_FOLDER = "/var/lib/riposte";

/** Where the copy of a config that uses this database is. */
export function lastGoodPath(databasePath: string): string {
  return join(dirname(databasePath), NAME);
}

/** Keeps the text as it was applied, whole or not at all. Throws when the folder takes no writes. */
export function keepLastGood(databasePath: string, text: string): void {
  const path = lastGoodPath(databasePath);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.new`;
  writeFileSync(beside, text, { mode: 0o600, flush: true });
  chmodSync(beside, 0o600);
  renameSync(beside, path);
}

/** Where the copy would be, as far as a broken config still says which database it means. */
export function findLastGood(brokenText: string | null): string {
  return join(folderIn(brokenText) ?? DEFAULT_FOLDER, NAME);
}

function folderIn(text: string | null): string | null {
  const store =
    text === null ? null : (storeOf(text) ?? /^store:\s*["']?(sqlite:\/[^\s"'#]+)/m.exec(text)?.[1] ?? null);
  return store?.startsWith("sqlite:/") === true ? dirname(store.slice("sqlite:".length)) : null;
}

function storeOf(text: string): string | null {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0 });
    const store = typeof value === "object" && value !== null && "store" in value ? value.store : null;
    return typeof store === "string" ? store : null;
  } catch {
    // Not even YAML: a line that looks like the key has to do.
    return null;
  }
}
