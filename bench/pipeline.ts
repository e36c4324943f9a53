import { linkSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Bench, Findings, Setting } from "./bench.ts";
import { scriptPath } from "./children.ts";
import { idsIn, mustBeDelivered } from "./delivered.ts";
import { alertsFile, HIGH_LEVEL } from "./generate.ts";
import { cpuMs, megabytes, residentBytes } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { grouped, interleave, median, medianRatio, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** The whole way of a backlog: read, refuse, decide, store for good, deliver, write down that it was delivered. */
export const pipeline: Bench = {
  name: "pipeline",
  about: "a backlog of which 2 % is kept: read, stored and delivered",
  run: measure,
};

const CONNECTIONS = 128;

interface Caught {
  readonly fromStartMs: number;
  readonly fromReadyMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly correct: readonly string[];
}

async function measure({ quick, large, rounds, folder }: Setting): Promise<Findings> {
  const file = alertsFile({ bytes: large ? 1e9 : quick ? 1e8 : 4e8, seed: 1 });
  const ids = idsIn(file, HIGH_LEVEL);
  const sink = await SinkProcess.start();

  async function catchUp(entry: string | undefined): Promise<Caught> {
    const place = join(folder, "run");
    mkdirSync(dirname(alertsPath(place)), { recursive: true });
    linkSync(file.path, alertsPath(place));
    await sink.forget();
    const setup = { folder: place, sinkUrl: sink.url, minLevel: HIGH_LEVEL, concurrency: CONNECTIONS };
    const engine = await RiposteProcess.start({ ...setup, ...(entry !== undefined && { entry }) });
    const { lastAtMs } = await sink.arrived(ids.size, 120_000);
    const correct = await mustBeDelivered(engine, sink, { ids, lines: file.lines });
    const caught = {
      fromStartMs: lastAtMs - engine.spawnedAtMs,
      fromReadyMs: lastAtMs - engine.readyAtMs,
      cpuMs: cpuMs(engine.pid),
      peakBytes: residentBytes(engine.pid).peak,
      correct,
    };
    await engine.stop();
    rmSync(place, { recursive: true });
    return caught;
  }

  const withoutRefusal = scriptPath("serve-without-refusal.ts");
  const runs = await interleave(rounds, { whole: () => catchUp(undefined), parsing: () => catchUp(withoutRefusal) });
  sink.stop();

  const ms = (side: keyof typeof runs, from: "fromStartMs" | "fromReadyMs"): number[] =>
    runs[side].map((run) => run[from]);
  const rates = (side: keyof typeof runs, from: "fromStartMs" | "fromReadyMs"): number[] =>
    ms(side, from).map((took) => (file.lines / took) * 1000);
  const cpuAnAlert = runs.whole.map((run) => run.cpuMs / ids.size);
  return {
    correct: runs.whole[0]?.correct ?? [],
    goals: [
      {
        what: "against itself with the refusal off, from ready to the last delivery",
        reached: medianRatio(ms("parsing", "fromReadyMs"), ms("whole", "fromReadyMs")),
        bound: { kind: "at_least", value: 2 },
        unit: "times its speed",
      },
      {
        what: "lines a second, from ready to the last delivery",
        reached: median(rates("whole", "fromReadyMs")),
        bound: { kind: "at_least", value: 200_000 },
        unit: "lines/s",
      },
    ],
    figures: [
      { what: "lines/s from the start of the process", value: spread(rates("whole", "fromStartMs")) },
      { what: "lines/s from ready", value: spread(rates("whole", "fromReadyMs")) },
      { what: "lines/s from the start, refusal off", value: spread(rates("parsing", "fromStartMs")) },
      { what: "lines/s from ready, refusal off", value: spread(rates("parsing", "fromReadyMs")) },
      { what: "processor ms a delivered alert, start and scanning included", value: spread(cpuAnAlert, 3) },
      { what: "peak resident MB", value: spread(runs.whole.map(({ peakBytes }) => megabytes(peakBytes))) },
    ],
    notes: [
      `${grouped(file.lines)} lines, ${grouped(megabytes(file.bytes))} MB, ${grouped(ids.size)} of them kept, each an incident and a call of its own over ${CONNECTIONS} connections`,
      "the sink and what measures share the cores with the engine",
    ],
  };
}
