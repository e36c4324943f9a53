// A disk on which each sync takes longer, for processes started with what this returns as their environment.
import { join } from "node:path";
import { mustHold } from "./bench.ts";
import { runProgram, scriptPath } from "./children.ts";
import { findProgram } from "./peers.ts";

export const SLOW_SYNC_MS = 5;

export type SlowDisk = Readonly<Record<"LD_PRELOAD" | "RIPOSTE_SYNC_MS", string>>;

export const NO_SLOW_DISK = `there is no C compiler here (Debian: gcc, libc6-dev), so a sync of ${SLOW_SYNC_MS} ms could not be had`;

/** Undefined: there is no compiler to make it with. */
export async function slowDisk(folder: string): Promise<SlowDisk | undefined> {
  const compiler = findProgram("cc", "gcc", "clang");
  if (compiler === undefined) return undefined;
  const library = join(folder, "slow-sync.so");
  await runProgram(compiler, ["-shared", "-fPIC", "-O2", "-o", library, scriptPath("slow-sync.c"), "-ldl"]);
  const disk = { LD_PRELOAD: library, RIPOSTE_SYNC_MS: `${SLOW_SYNC_MS}` };
  const syncs = 10;
  const asked = `
    const { fsyncSync, openSync } = require("node:fs");
    const file = openSync(${JSON.stringify(join(folder, "synced"))}, "w");
    const at = performance.now();
    for (let n = 0; n < ${syncs}; n += 1) fsyncSync(file);
    console.log(performance.now() - at);`;
  const { stdout } = await runProgram(process.execPath, ["--eval", asked], disk);
  mustHold(Number(stdout) >= syncs * SLOW_SYNC_MS, `${syncs} syncs of the slow disk took ${stdout.trim()} ms`);
  return disk;
}
