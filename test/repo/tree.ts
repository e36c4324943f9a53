// The repository's files, as a commit would hold them now: what git tracks and what it does not ignore.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export function repositoryPaths(): readonly string[] {
  const git = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  // A downloaded archive has no git: then everything in it counts.
  const paths = git.status === 0 ? git.stdout.split("\0") : readdirSync(root, { recursive: true, encoding: "utf8" });
  const elsewhere = /^(node_modules|dist|coverage|\.git|\.riposte)(\/|$)/;
  return paths.filter((path) => !elsewhere.test(path) && isFile(path)).sort();
}

function isFile(path: string): boolean {
  return path !== "" && statSync(`${root}${path}`, { throwIfNoEntry: false })?.isFile() === true;
}

export function readRepositoryFile(path: string): string {
  return readFileSync(`${root}${path}`, "utf8");
}
