// Programs that a bench starts, each watched until it ends.
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const running = new Set<ChildProcess>();

/** Remembers a child for `stopAll`. */
export function watched<Child extends ChildProcess>(child: Child): Child {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Ends whatever a bench that failed has left behind. */
export function stopAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export interface Finished {
  readonly stdout: string;
  readonly tookMs: number;
}

/** Runs a program to its end with its output piped: some programs do less where nobody reads it. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const startedAt = performance.now();
  const child = watched(
    spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } }),
  );
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${[program, ...args].slice(0, 3).join(" ")} ended with ${code}`);
  return { stdout, tookMs: performance.now() - startedAt };
}

/** Runs one of the scripts beside this one and reads the JSON that it prints. */
export async function runScript<Answer>(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { stdout } = await runProgram(process.execPath, [scriptPath(name), ...args], env);
  return JSON.parse(stdout) as Answer;
}

export function scriptPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
