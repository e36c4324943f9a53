// npm run bench: measures what Riposte promises about speed and memory, and writes bench/RESULTS.md.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { shareOfGoal, type Bench, type Goal } from "./bench.ts";
import { alertmanager } from "./alertmanager.ts";
import { stopAll } from "./children.ts";
import { build } from "./built.ts";
import { busyLatency } from "./busy-latency.ts";
import { deliver } from "./deliver.ts";
import { enqueue } from "./enqueue.ts";
import { handover } from "./handover.ts";
import { forward } from "./forward.ts";
import { idle } from "./idle.ts";
import { ingest } from "./ingest.ts";
import { isolation } from "./isolation.ts";
import { latency } from "./latency.ts";
import { business, machineFacts } from "./machine.ts";
import { memory } from "./memory.ts";
import { pipeline } from "./pipeline.ts";
import { ready } from "./ready.ts";
import { reportPage, resultText, type Report, type Result } from "./report.ts";
import { routing } from "./routing.ts";
import { scan } from "./scan.ts";
import { script } from "./script.ts";
import { shippers } from "./shippers.ts";
import { slowEndpoint } from "./slow-endpoint.ts";
import { storm } from "./storm.ts";
import { windows } from "./windows.ts";

const BENCHES: readonly Bench[] = [
  scan,
  routing,
  windows,
  enqueue,
  ingest,
  pipeline,
  shippers,
  script,
  deliver,
  alertmanager,
  slowEndpoint,
  isolation,
  storm,
  latency,
  busyLatency,
  memory,
  idle,
  ready,
  handover,
  forward,
];

/** A goal that is missed by less may be the machine's doing: the run is red only below this. */
const SHARE_OF_GOAL = 0.6;

const { values: asked } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const unknown = (asked.only ?? []).filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(", ")}; there are ${BENCHES.map(({ name }) => name).join(", ")}`);
  process.exit(64);
}

build();
const results: Result[] = [];
for (const bench of BENCHES.filter(({ name }) => asked.only?.includes(name) ?? true)) {
  const result = await measure(bench);
  results.push(result);
  if (!asked.json) console.log(resultText(result));
}

const size = asked.large ? "1 GB" : "100 MB";
const report: Report = {
  at: new Date().toISOString().slice(0, 10),
  machine: machineFacts(),
  data: `synthetic alerts of ten shapes, mean 1.7 KB, 2 % of level 10 and more; files of ${size} where not said otherwise`,
  results,
};
if (asked.json) console.log(JSON.stringify(report, null, 2));
if (asked.only === undefined && !asked.quick) {
  writeFileSync(new URL("RESULTS.md", import.meta.url), reportPage(report));
  console.error("written to bench/RESULTS.md");
}
process.exitCode = results.every(isGreen) ? 0 : 1;

async function measure(bench: Bench): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), `riposte-bench-${bench.name}-`));
  const before = business();
  const startedAt = performance.now();
  const setting = { quick: asked.quick, large: asked.large, rounds: 3, folder };
  const ending = await bench.run(setting).then(
    (findings) => ({ kind: "measured", findings }) as const,
    (error: unknown) => ({ kind: "failed", why: error instanceof Error ? error.message : String(error) }) as const,
  );
  stopAll();
  rmSync(folder, { recursive: true, force: true });
  const { name, about } = bench;
  return { name, about, tookMs: performance.now() - startedAt, before, after: business(), ...ending };
}

function isGreen(result: Result): boolean {
  return result.kind === "measured" && result.findings.goals.every(isNearEnough);
}

function isNearEnough(goal: Goal): boolean {
  return goal.missedBecause !== undefined || shareOfGoal(goal) >= SHARE_OF_GOAL;
}
