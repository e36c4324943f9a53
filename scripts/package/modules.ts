// The packages that a user's installation has: those of the lock file that nobody needs only to build or to test.
import { cpSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "./run.ts";

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** Folders from the root, such as `node_modules/zod`. */
export function productionModules(): readonly string[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== "" && !(dev ?? optional ?? devOptional ?? false))
    .map(([path]) => path)
    .toSorted();
}

/** What is read by compilers and people only. Licences stay. */
const UNUSED = /\.(?:d\.[cm]?ts|[cm]?ts|map|md|markdown)$/;
const UNUSED_FOLDERS: ReadonlySet<string> = new Set([".github", "test", "tests", "example", "examples", "benchmarks"]);

export function copyModules(into: string): void {
  for (const path of productionModules()) {
    // Types are all that is in it, and nobody who runs Riposte compiles.
    if (path.startsWith("node_modules/@types/")) continue;
    const from = join(root, path);
    cpSync(from, join(into, path), { recursive: true, filter: (file) => isWanted(from, file) });
  }
}

function isWanted(from: string, file: string): boolean {
  if (file === from) return true;
  const within = file.slice(from.length + 1).split("/");
  // What another entry of the lock file names is copied, or not, as that one.
  if (within[0] === "node_modules" || UNUSED_FOLDERS.has(within[0] ?? "")) return false;
  const name = basename(file);
  return !UNUSED.test(name) || /^(?:licen[cs]e|notice)/i.test(name);
}
