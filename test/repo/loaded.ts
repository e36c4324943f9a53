import { posix } from "node:path";
import { readSource } from "./source-file.ts";
import { readRepositoryFile } from "./tree.ts";

export interface Loaded {
  readonly files: ReadonlySet<string>;
  /** Packages, and modules of Node. */
  readonly bare: ReadonlySet<string>;
}

/** What comes in as a value with these files: at once, or also what they may load later. */
export function loadedBy(when: "at once" | "ever", ...entries: readonly string[]): Loaded {
  const files = new Set<string>();
  const bare = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(path) || !path.endsWith(".ts")) return;
    files.add(path);
    for (const { from, target, typeOnly, isLater } of readSource(path, readRepositoryFile(path)).imports) {
      if (typeOnly || (isLater && when === "at once")) continue;
      if (target === null) bare.add(from);
      else visit(posix.normalize(target));
    }
  };
  for (const entry of entries) visit(entry);
  return { files, bare };
}
