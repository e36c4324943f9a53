import { backlogOf, catchUp } from "./backlog.ts";
import type { Bench, Findings, Setting } from "./bench.ts";
import { scriptPath } from "./children.ts";
import { alertsFile, HIGH_LEVEL } from "./generate.ts";
import { megabytes } from "./process-facts.ts";
import { grouped, interleave, median, medianRatio, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** The whole way of a backlog: read, refuse, decide, store for good, deliver, write down that it was delivered. */
export const pipeline: Bench = {
  name: "pipeline",
  about: "a backlog of which 2 % is kept: read, stored and delivered",
  run: measure,
};

const CONNECTIONS = 128;

async function measure({ quick, large, rounds, folder }: Setting): Promise<Findings> {
  const file = alertsFile({ bytes: large ? 1e9 : quick ? 1e8 : 4e8, seed: 1 });
  const backlog = backlogOf(file, HIGH_LEVEL);
  const { ids } = backlog;
  const sink = await SinkProcess.start();
  const setup = { folder, concurrency: CONNECTIONS };
  const runs = await interleave(rounds, {
    whole: () => catchUp(backlog, sink, setup),
    parsing: () => catchUp(backlog, sink, { ...setup, entry: scriptPath("serve-without-refusal.ts") }),
  });
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
