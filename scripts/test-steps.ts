// The steps of `npm test` and the running of one.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { findBinaries } from "../test/fixtures/postgres-binaries.ts";

export interface Step {
  readonly name: string;
  readonly what: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** A step that hangs is stopped and has failed. */
  readonly deadlineMs: number;
  /** Its output is shown as it comes; that of others only when they fail. */
  readonly live?: true;
}

export interface StepResult {
  readonly step: Step;
  readonly passed: boolean;
  readonly why: string;
  readonly output: string;
  readonly tookMs: number;
}

const minuteMs = 60_000;

/** Groups run one after the other; the steps of a group side by side. */
export function testSteps(vitestReport: string): Step[][] {
  return [
    [
      { name: "format", what: "every file is formatted", command: ["oxfmt", "--check"], deadlineMs: 2 * minuteMs },
      { name: "lint", what: "every lint rule holds", command: ["oxlint"], deadlineMs: 2 * minuteMs },
      { name: "types", what: "every type fits", command: ["tsc", "-p", "tsconfig.json"], deadlineMs: 2 * minuteMs },
      {
        name: "build",
        what: "what is shipped starts",
        command: ["node", "scripts/check-build.ts"],
        deadlineMs: 2 * minuteMs,
      },
    ],
    [
      {
        name: "tests",
        what: "every test passes",
        command: ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`],
        deadlineMs: 7 * minuteMs,
        live: true,
      },
    ],
    [
      ...whenThere("test/sim/run.ts", {
        name: "simulator",
        what: "100 seeds of bad luck break no invariant",
        command: ["node", "test/sim/run.ts", "--seeds", "100", "--json"],
        deadlineMs: 4 * minuteMs,
      }),
      ...whenThere("test/crash/run.ts", {
        name: "crash",
        what: "a process killed at every named point loses nothing",
        command: ["node", "test/crash/run.ts", "--smoke"],
        deadlineMs: 4 * minuteMs,
      }),
    ],
    // The tests say so where there is no PostgreSQL, and fail where there has to be one.
    findBinaries() === null
      ? []
      : [
          {
            name: "simulator on PostgreSQL",
            what: "10 seeds of bad luck break no invariant",
            command: ["node", "test/sim/run.ts", "--store", "postgres", "--seeds", "10", "--json"],
            deadlineMs: 4 * minuteMs,
          },
          {
            name: "crash on PostgreSQL",
            what: "a process killed at every named point, or its database server, loses nothing",
            command: ["node", "test/crash/run.ts", "--store", "postgres", "--times", "1"],
            deadlineMs: 4 * minuteMs,
          },
        ],
  ];
}

function whenThere(file: string, step: Step): Step[] {
  return existsSync(file) ? [step] : [];
}

const running = new Set<number>();

export async function runStep(step: Step): Promise<StepResult> {
  const startedAt = performance.now();
  const [program, ...args] = step.command;
  // A group of its own, so that a step that hangs is stopped with everything that it started.
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", ...(step.live ? (["inherit", "inherit"] as const) : (["pipe", "pipe"] as const))],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    stopGroup(child.pid, "SIGKILL");
  }, step.deadlineMs);
  if (child.pid !== undefined) running.add(child.pid);
  const why = await new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(`could not start: ${error.message}`));
    child.on("close", (code, signal) => resolve(code === 0 ? "" : signal === null ? `exit code ${code}` : signal));
  });
  clearTimeout(deadline);
  if (child.pid !== undefined) running.delete(child.pid);
  const said = late ? `stopped after ${step.deadlineMs / 1000} s` : why;
  return { step, passed: said === "", why: said, output, tookMs: performance.now() - startedAt };
}

/** Passes a signal on to what runs: in groups of their own, the steps do not hear the terminal's. */
export function stopSteps(signal: NodeJS.Signals): void {
  for (const pid of running) stopGroup(pid, signal);
}

function stopGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself just before.
  }
}
