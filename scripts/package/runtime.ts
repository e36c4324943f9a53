// The runtime that is shipped: the same pinned package that brings it to a developer's machine.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.ts";

export const ARCHITECTURES = ["x64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/** The path of a `node` for that architecture; one that npm has not installed here is fetched, and checked by its hash. */
export function runtimeOf(arch: Architecture, folder: string): string {
  const name = `node-linux-${arch}`;
  const installed = join(root, "node_modules", name, "bin", "node");
  if (existsSync(installed)) return installed;
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, Locked | undefined>>;
  };
  const locked = lock.packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`${name} is not in package-lock.json`);
  const file = run("npm", ["pack", "--silent", `${name}@${locked.version}`, "--pack-destination", folder]).trim();
  const packed = join(folder, file.split("\n").at(-1) ?? "");
  const integrity = `sha512-${createHash("sha512").update(readFileSync(packed)).digest("base64")}`;
  if (integrity !== locked.integrity) throw new Error(`${name}@${locked.version} is not what package-lock.json names`);
  run("tar", ["-xzf", packed, "-C", folder, "package/bin/node"]);
  return join(folder, "package", "bin", "node");
}
