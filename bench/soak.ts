// npm run soak -- --minutes 60 --rate 2000: alerts at a rate into a running engine, with rotations, and a destination
// that fails now and then. Ends with a table, and red when memory grows or the books do not add up.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { build } from "./built.ts";
import { stopAll } from "./children.ts";
import { business } from "./machine.ts";
import { cpuMs, residentBytes } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { grouped } from "./rounds.ts";
import { monotonicMs, SinkProcess } from "./sink-process.ts";
import { SoakAlerts } from "./soak-alerts.ts";
import { growthPercent, soakTable, soakTroubles, type Ledger, type Sample } from "./soak-table.ts";

/** One alert in ten is of this level and above: kept, an incident and a call of its own. */
const MIN_LEVEL = 6;
const CONNECTIONS = 32;
const SAMPLE_EVERY_MS = 10_000;
const FAILS_FOR_MS = 10_000;
/** How the destination fails, in turn: it refuses for certain, or nobody knows. */
const FAILURES = [429, 503] as const;
const QUIET_WITHIN_MS = 600_000;

const { values: asked } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, rate: { type: "string", default: "2000" } },
});
const [minutes, rate] = [Number(asked.minutes), Number(asked.rate)];
if (!(minutes >= 1 && rate >= 1)) {
  console.error("--minutes and --rate are numbers from 1. Example: npm run soak -- --minutes 60 --rate 2000");
  process.exit(64);
}

build();
const folder = mkdtempSync(join(tmpdir(), "riposte-soak-"));
process.on("exit", () => {
  stopAll();
  rmSync(folder, { recursive: true, force: true });
});
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

const totalMs = minutes * 60_000;
/** Of a short soak as well, several rotations and failures are in it. */
const rotateEveryMs = Math.min(5 * 60_000, totalMs / 6);
const failEveryMs = Math.min(2 * 60_000, totalMs / 4);

mkdirSync(dirname(alertsPath(folder)), { recursive: true });
const manager = new SoakAlerts(alertsPath(folder), MIN_LEVEL);
const sink = await SinkProcess.start();
const engine = await RiposteProcess.start({
  folder,
  sinkUrl: sink.url,
  minLevel: MIN_LEVEL,
  concurrency: CONNECTIONS,
});
console.error(`${minutes} minutes at ${grouped(rate)} alerts a second, in ${folder}; the machine: ${business()}`);

const appending = new AbortController();
const appended = manager.append(rate, appending.signal);
const samples: Sample[] = [];
const startedAtMs = monotonicMs();
await Promise.race([
  Promise.all([sampleUntilEnd(), rotateUntilEnd(), failUntilEnd()]),
  // Only to hear of it at once when nothing can be written.
  appended,
]);
appending.abort();
await appended;
manager.close();
await sink.behave({ status: 204, afterMs: 0 });
const counters = await engine
  .untilCounters(({ read, work }) => read === manager.lines && work === 0, QUIET_WITHIN_MS)
  .catch(async (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    return await engine.counters();
  });
const { alerts, calls, refused } = await sink.state();
const cpuSeconds = cpuMs(engine.pid) / 1000;
await engine.stop();
sink.stop();

const { work: waiting, ...books } = counters;
const ledger: Ledger = { lines: manager.lines, wanted: manager.wanted, ...books, waiting, delivered: alerts };
const troubles = soakTroubles(samples, ledger);
console.log(soakTable(samples));
console.log("");
console.log(
  `read ${books.read} = ignored ${books.ignored} + malformed ${books.malformed} + duplicate ${books.duplicate} + kept ${books.kept}`,
);
console.log(
  `${grouped(alerts)} alerts arrived in ${grouped(calls)} calls, ${grouped(refused)} calls were refused, ${manager.rotations} rotations`,
);
console.log(
  `memory from the second quarter to the last: ${growthPercent(samples).toFixed(1)} %; processor: ${((100_000 * cpuSeconds) / (monotonicMs() - startedAtMs)).toFixed(0)} % of a core`,
);
for (const trouble of troubles) console.log(`WRONG ${trouble}`);
if (troubles.length === 0) console.log("as it must be: the books add up, and memory stays");
process.exit(troubles.length === 0 ? 0 : 1);

async function sampleUntilEnd(): Promise<void> {
  samples.push(await sample(null));
  while (leftMs() > 0) {
    const probe = manager.newest;
    await delay(Math.min(SAMPLE_EVERY_MS, Math.max(leftMs(), 0)));
    const arrivedAtMs = probe === undefined ? null : await sink.arrivalOf(probe.id);
    // What has not come by now is late by this much at least.
    const lagMs = probe === undefined ? null : (arrivedAtMs ?? monotonicMs()) - probe.atMs;
    const taken = await sample(lagMs);
    samples.push(taken);
    if (samples.length % 6 === 1) console.error(progress(taken));
  }
}

async function sample(lagMs: number | null): Promise<Sample> {
  const { work } = await engine.counters();
  const { alerts: delivered } = await sink.state();
  return {
    atMs: monotonicMs() - startedAtMs,
    lines: manager.lines,
    wanted: manager.wanted,
    delivered,
    residentBytes: residentBytes(engine.pid).now,
    waiting: work,
    lagMs,
  };
}

async function rotateUntilEnd(): Promise<void> {
  while (leftMs() > rotateEveryMs) {
    await delay(rotateEveryMs);
    manager.rotate();
  }
}

async function failUntilEnd(): Promise<void> {
  for (let times = 0; leftMs() > failEveryMs; times += 1) {
    await delay(failEveryMs - FAILS_FOR_MS);
    await sink.behave({ status: FAILURES[times % FAILURES.length] ?? 503, afterMs: 0 });
    await delay(FAILS_FOR_MS);
    await sink.behave({ status: 204, afterMs: 0 });
  }
}

function leftMs(): number {
  return startedAtMs + totalMs - monotonicMs();
}

function progress({ atMs, lines, delivered, residentBytes: resident, waiting: work }: Sample): string {
  const minute = (atMs / 60_000).toFixed(1);
  return `minute ${minute}: ${grouped(lines)} alerts, ${grouped(delivered)} delivered, ${work} waiting, ${(resident / 1e6).toFixed(0)} MB`;
}
