import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { appendAndTime } from "./append.ts";
import type { Bench, Findings, Goal, Setting } from "./bench.ts";
import { alertLines, HIGH_LEVEL } from "./generate.ts";
import { cpuMs } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { grouped, interleave, median, quantile, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";
import { NO_SLOW_DISK, slowDisk, SLOW_SYNC_MS } from "./slow-disk.ts";

/** How long an alert takes while the manager writes as much as it ever does, on a fast disk and on a slow one. */
export const busyLatency: Bench = {
  name: "busy-latency",
  about: "a line among 10,000 a second, of which 2 % is delivered, until its request arrives",
  run: measure,
};

const LINES_A_SECOND = 10_000;
const CONNECTIONS = 32;

interface Busy {
  readonly ms: readonly number[];
  readonly cpuShare: number;
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const seconds = quick ? 4 : 12;
  const sink = await SinkProcess.start();
  const slow = await slowDisk(folder);
  let runs = 0;

  async function follow(env: Readonly<Record<string, string>>): Promise<Busy> {
    const place = join(folder, `run-${(runs += 1)}`);
    mkdirSync(dirname(alertsPath(place)), { recursive: true });
    const file = openSync(alertsPath(place), "a");
    await sink.forget();
    const setup = { folder: place, sinkUrl: sink.url, minLevel: HIGH_LEVEL, concurrency: CONNECTIONS, env };
    const engine = await RiposteProcess.start(setup);
    const [cpuBeforeMs, startedAt] = [cpuMs(engine.pid), performance.now()];
    const lines = alertLines(20 + runs);
    const ms = await appendAndTime({ file, sink, lines, minLevel: HIGH_LEVEL, rate: LINES_A_SECOND, seconds });
    const cpuShare = (100 * (cpuMs(engine.pid) - cpuBeforeMs)) / (performance.now() - startedAt);
    await engine.untilCounters(({ read, work }) => read === LINES_A_SECOND * seconds && work === 0, 20_000);
    await engine.stop();
    closeSync(file);
    rmSync(place, { recursive: true });
    return { ms, cpuShare };
  }

  const taken = await interleave(rounds, {
    fast: () => follow({}),
    slow: async () => (slow === undefined ? null : await follow(slow)),
  });
  sink.stop();

  const slowRuns = taken.slow.filter((run) => run !== null);
  const slowly = `with ${SLOW_SYNC_MS} ms more for each sync`;
  return {
    correct: [
      `each of ${grouped(LINES_A_SECOND * seconds)} lines a round was read, each that was wanted arrived, once`,
    ],
    goals: [
      within("99 of 100 within", taken.fast, 20),
      ...(slowRuns.length > 0 ? [within(`99 of 100 within, ${slowly}`, slowRuns, 50)] : []),
    ],
    figures: [
      { what: "p50 ms, durable (synchronous=FULL)", value: spread(at(taken.fast, 0.5), 2) },
      { what: "p99 ms, durable", value: spread(at(taken.fast, 0.99), 2) },
      { what: "slowest ms, durable", value: spread(at(taken.fast, 1), 2) },
      { what: "% of a core", value: spread(taken.fast.map(({ cpuShare }) => cpuShare)) },
      ...(slowRuns.length === 0
        ? []
        : [
            { what: `p50 ms, ${slowly}`, value: spread(at(slowRuns, 0.5), 2) },
            { what: `p99 ms, ${slowly}`, value: spread(at(slowRuns, 0.99), 2) },
            { what: `slowest ms, ${slowly}`, value: spread(at(slowRuns, 1), 2) },
          ]),
    ],
    notes: [
      `about ${grouped(LINES_A_SECOND * 0.02)} alerts a second over ${CONNECTIONS} connections for ${seconds} s a round, the first fifth not counted`,
      "what appends and the sink share the cores with the engine",
      ...(slow === undefined
        ? [NO_SLOW_DISK]
        : ["the slow disk is the same one, behind a library that sleeps before each sync (bench/slow-sync.c)"]),
    ],
  };
}

function within(what: string, runs: readonly Busy[], value: number): Goal {
  return { what, reached: median(at(runs, 0.99)), bound: { kind: "at_most", value }, unit: "ms" };
}

function at(runs: readonly Busy[], share: number): number[] {
  return runs.map(({ ms }) => quantile(ms, share));
}
