import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Bench, Findings, Setting } from "./bench.ts";
import { runProgram } from "./children.ts";
import { cpuMs } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { interleave, median, spread } from "./rounds.ts";

/** How soon after its start an engine says that it is ready. */
export const ready: Bench = {
  name: "ready",
  about: "from the start of the process until /readyz says yes",
  run: measure,
};

interface Start {
  readonly tookMs: number;
  readonly cpuMs: number;
}

async function measure({ rounds, folder }: Setting): Promise<Findings> {
  async function start(place: string): Promise<Start> {
    mkdirSync(dirname(alertsPath(place)), { recursive: true });
    writeFileSync(alertsPath(place), "", { flag: "a" });
    const engine = await RiposteProcess.start({ folder: place, sinkUrl: "http://127.0.0.1:9/", minLevel: 0 });
    const started = { tookMs: engine.readyAtMs - engine.spawnedAtMs, cpuMs: cpuMs(engine.pid) };
    await engine.stop();
    return started;
  }

  const place = join(folder, "kept");
  await start(place);
  const runs = await interleave(rounds + 2, {
    again: () => start(place),
    first: async () => {
      const fresh = join(folder, "fresh");
      const started = await start(fresh);
      rmSync(fresh, { recursive: true });
      return started;
    },
    bare: async () => ({ ...(await runProgram(process.execPath, ["--eval", "0"])), cpuMs: 0 }),
  });
  const ms = (side: keyof typeof runs): number[] => runs[side].map(({ tookMs }) => tookMs);
  return {
    correct: ["every start answered /readyz with 200, and every stop ended with exit code 0"],
    goals: [
      { what: "ready within", reached: median(ms("again")), bound: { kind: "at_most", value: 1_000 }, unit: "ms" },
    ],
    figures: [
      { what: "ms to ready with a database that is there", value: spread(ms("again")) },
      { what: "ms to ready with a database to make", value: spread(ms("first")) },
      { what: "ms of processor time to ready", value: spread(runs.again.map((run) => run.cpuMs)) },
      { what: "ms of Node's own start and end, with nothing to run", value: spread(ms("bare")) },
    ],
    notes: ["run as it is shipped: compiled, not from the sources"],
  };
}
