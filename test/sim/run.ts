// npm run sim -- [--seeds N] [--from N] [--seed N] [--mutants] [--json]
// Exit codes: 0 green, 1 a promise was broken or something was never reached, 2 wrong usage.
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runMutants } from "./mutants.ts";
import { runSeed, type SeedReport } from "./seed.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    mutants: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    "until-red": { type: "boolean", default: false },
    child: { type: "boolean", default: false },
  },
});

/** Every seed whose number this divides is run twice, and must leave the same trace. */
const TWICE_EVERY = 50;
const LEAST_STEPS = 2_000;
const LEAST_FAULTS = 20;

/** What a run of enough seeds must have seen of the engine; a zero means that the simulator proves less than it says. */
const MUST_REACH = [
  ...["done", "later", "never", "unknown"].map((kind) => `outcome ${kind}`).filter((kind) => kind !== "outcome never"),
  ...["found", "absent", "later"].map((kind) => `look ${kind}`),
  ...["ready", "sending", "unknown", "dead"].map((state) => `work ${state}`),
  ...["opened", "escalated", "reopened", "acknowledged", "resolved"].map((kind) => `moment ${kind}`),
  ...["opened", "joined", "reopened", "cleared", "nothing_to_clear"].map((kind) => `alert ${kind}`),
  ...["before_commit", "after_commit", "before_step", "after_step", "any_time"].map((point) => `died ${point}`),
  "repeat",
];

if (values.child) process.on("message", (seed: number) => void runSeed(seed).then((report) => process.send?.(report)));
else if (values.mutants) process.exitCode = (await runMutants(values.only ?? null)) ? 0 : 1;
else process.exitCode = (await runSeeds()) ? 0 : 1;

async function runSeeds(): Promise<boolean> {
  const from = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const seeds = Array.from({ length: count }, (_, i) => from + i);
  const jobs = seeds.flatMap((seed) => (seed % TWICE_EVERY === 0 ? [seed, seed] : [seed]));
  const startedAt = performance.now();
  const reports = await inChildren(jobs);
  const seconds = (performance.now() - startedAt) / 1_000;
  return tell(reports, seconds, count);
}

function tell(reports: readonly SeedReport[], seconds: number, count: number): boolean {
  const problems: string[] = [];
  const violations: string[] = [];
  const reached = new Map<string, number>();
  const traces = new Map<number, string>();
  for (const report of reports) {
    const { seed, violation, steps, faults, trace } = report;
    if (violation !== null) violations.push(`seed ${seed}: ${violation.says}`);
    else {
      if (steps < LEAST_STEPS)
        problems.push(`seed ${seed} did ${steps} steps; at least ${LEAST_STEPS} are asked of it`);
      if (faults < LEAST_FAULTS) problems.push(`seed ${seed} met ${faults} faults; at least ${LEAST_FAULTS} are asked`);
      const other = traces.get(seed);
      if (other !== undefined && other !== trace)
        violations.push(`seed ${seed}: Violation: invariant 8: it went two ways`);
      traces.set(seed, trace);
    }
    for (const [what, times] of Object.entries(report.reached)) reached.set(what, (reached.get(what) ?? 0) + times);
  }
  if (count >= TWICE_EVERY) {
    for (const what of MUST_REACH) if (!reached.has(what)) problems.push(`never reached: ${what}`);
  }
  const steps = reports.reduce((sum, report) => sum + report.steps, 0);
  const crashes = reports.reduce((sum, report) => sum + report.crashes, 0);
  const faults = reports.reduce((sum, report) => sum + report.faults, 0);
  problems.unshift(...violations);
  const green = problems.length === 0;
  if (values.json)
    console.log(
      JSON.stringify({
        green,
        seeds: count,
        steps,
        faults,
        crashes,
        seconds,
        reached: Object.fromEntries(reached),
        problems,
        violations,
      }),
    );
  else {
    for (const [what, times] of [...reached].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      console.log(`${String(times).padStart(9)}  ${what}`);
    for (const problem of problems.slice(0, 20)) console.log(`\n${problem}`);
    console.log(
      `\n${count} seeds, ${steps} steps, ${faults} faults, ${crashes} deaths in ${seconds.toFixed(1)} s: ${green ? "green" : `${problems.length} problems`}`,
    );
    if (!green) console.log("again: npm run sim -- --seed N");
  }
  return green;
}

/** The seeds over as many processes as there are cores. */
async function inChildren(jobs: readonly number[]): Promise<readonly SeedReport[]> {
  if (jobs.length === 1) return [await runSeed(jobs[0]!)];
  const reports: SeedReport[] = [];
  const waiting = [...jobs];
  let red = false;
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), jobs.length) }, async () => {
      const child = fork(fileURLToPath(import.meta.url), ["--child"]);
      for (;;) {
        const seed = waiting.shift();
        if (seed === undefined || (red && values["until-red"])) break;
        const report = await new Promise<SeedReport>((resolve, reject) => {
          child.once("message", (message) => resolve(message as SeedReport));
          child.once("exit", (code) => reject(new Error(`seed ${seed} ended its process with ${code}`)));
          child.send(seed);
        });
        child.removeAllListeners("exit");
        red ||= report.violation !== null;
        reports.push(report);
        if (!values.json && reports.length % 50 === 0) console.error(`${reports.length} of ${jobs.length}`);
      }
      child.disconnect();
    }),
  );
  return reports;
}
