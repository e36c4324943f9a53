import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "./run.ts";
import type { Making, Staged } from "./stage.ts";

/** `riposte-0.1.0-linux-x64.tar.gz` with the sums of its files in it, and its own beside it. The same tree makes the same bytes. */
export function makeTarball({ folder, version, arch }: Staged, { scratch, out, isQuick }: Making): string {
  const name = `riposte-${version}-linux-${arch}`;
  writeFileSync(join(folder, "SHA256SUMS"), sumsOf(folder));
  const top = join(scratch, name);
  renameSync(folder, top);
  const path = join(out, `${name}.tar.gz`);
  const plain = join(scratch, `${name}.tar`);
  const owner = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name", `--mtime=@${builtAt()}`];
  run("tar", ["--format=ustar", ...owner, "-cf", plain, "-C", scratch, name]);
  run("gzip", ["-n", isQuick ? "-1" : "-9", "-f", plain]);
  run("mv", [`${plain}.gz`, path]);
  renameSync(top, folder);
  writeFileSync(`${path}.sha256`, `${sumOf(path)}  ${basename(path)}\n`);
  return path;
}

/** Seconds since the epoch that every file is dated with (reproducible-builds.org); without it the day of the release. */
export function builtAt(): number {
  const given = Number(process.env["SOURCE_DATE_EPOCH"]);
  return Number.isSafeInteger(given) && given > 0 ? given : Date.UTC(2026, 0, 1) / 1_000;
}

function sumsOf(folder: string): string {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== "SHA256SUMS")
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
  return files.map((file) => `${sumOf(join(folder, file))}  ${file}\n`).join("");
}

function sumOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
