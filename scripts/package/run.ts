import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program to its end and returns what it printed; throws with all that it said when it fails. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const done = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1_048_576,
  });
  if (done.status === 0) return done.stdout;
  const said = `${done.stdout}${done.stderr}`.trim();
  throw new Error(`${[program, ...args].join(" ")}: ${done.error?.message ?? `exit code ${done.status}`}\n${said}`);
}
