import { linkSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
import type { PostAnswer } from "./bare-post.ts";
import { runScript } from "./children.ts";
import { idsIn, mustBeDelivered } from "./delivered.ts";
import { alertsFile } from "./generate.ts";
import { cpuMs, megabytes, residentBytes } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { grouped, interleave, median, medianRatio, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** The other end from `pipeline`: nothing is refused, every line becomes an incident and a call of its own. */
export const deliver: Bench = {
  name: "deliver",
  about: "every line kept, stored and delivered one by one",
  run: measure,
};

const EVERY_LEVEL = 0;
const CONNECTIONS = 128;
const SEED = 2;

interface Delivered {
  readonly tookMs: number;
  readonly fromReadyMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly correct: readonly string[];
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const file = alertsFile({ bytes: quick ? 1.7e7 : 6e7, seed: SEED });
  const ids = idsIn(file, EVERY_LEVEL);
  const sink = await SinkProcess.start();

  async function engineSide(): Promise<Delivered> {
    const place = join(folder, "run");
    mkdirSync(dirname(alertsPath(place)), { recursive: true });
    linkSync(file.path, alertsPath(place));
    await sink.forget();
    const setup = { folder: place, sinkUrl: sink.url, minLevel: EVERY_LEVEL, concurrency: CONNECTIONS };
    const engine = await RiposteProcess.start(setup);
    const { firstAtMs, lastAtMs } = await sink.arrived(ids.size, 120_000);
    const correct = await mustBeDelivered(engine, sink, { ids, lines: file.lines });
    const { pid, readyAtMs } = engine;
    const peakBytes = residentBytes(pid).peak;
    const delivered = {
      tookMs: lastAtMs - firstAtMs,
      fromReadyMs: lastAtMs - readyAtMs,
      cpuMs: cpuMs(pid),
      peakBytes,
      correct,
    };
    await engine.stop();
    rmSync(place, { recursive: true });
    return delivered;
  }

  async function bareSide(): Promise<Delivered> {
    await sink.forget();
    const { tookMs } = await runScript<PostAnswer>("bare-post.ts", [
      sink.url,
      `${ids.size}`,
      `${CONNECTIONS}`,
      `${SEED}`,
    ]);
    const { alerts } = await sink.state();
    const correct = [mustEqual("alerts that arrived without an engine", alerts, ids.size)];
    return { tookMs, fromReadyMs: tookMs, cpuMs: 0, peakBytes: 0, correct };
  }

  const runs = await interleave(rounds, { engine: engineSide, bare: bareSide });
  sink.stop();

  const ms = (side: keyof typeof runs): number[] => runs[side].map(({ tookMs }) => tookMs);
  const rate = (tookMs: number): number => (ids.size / tookMs) * 1000;
  const cpuAnAlert = runs.engine.map((run) => run.cpuMs / ids.size);
  return {
    correct: [...(runs.engine[0]?.correct ?? []), ...(runs.bare[0]?.correct ?? [])],
    goals: [
      {
        what: "deliveries a second, from the first to the last",
        reached: median(ms("engine").map(rate)),
        bound: { kind: "at_least", value: 8_000 },
        unit: "/s",
      },
    ],
    figures: [
      { what: "deliveries/s", value: spread(ms("engine").map(rate)) },
      { what: "deliveries/s, from ready to the last", value: spread(runs.engine.map((run) => rate(run.fromReadyMs))) },
      { what: "calls/s of the bare HTTP client: nothing decided, nothing stored", value: spread(ms("bare").map(rate)) },
      { what: "ours, of the bare client's", value: `${(100 * medianRatio(ms("bare"), ms("engine"))).toFixed(0)} %` },
      { what: "processor ms a delivered alert, start included", value: spread(cpuAnAlert, 3) },
      { what: "peak resident MB", value: spread(runs.engine.map(({ peakBytes }) => megabytes(peakBytes))) },
    ],
    notes: [
      `${grouped(ids.size)} alerts, ${CONNECTIONS} connections, every outcome committed (synchronous=FULL)`,
      "the sink and what measures share the cores with the engine",
    ],
  };
}
