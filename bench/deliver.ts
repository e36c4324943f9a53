import { backlogOf, catchUp } from "./backlog.ts";
import type { PostAnswer } from "./bare-post.ts";
import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
import { runScript } from "./children.ts";
import { alertsFile } from "./generate.ts";
import { megabytes } from "./process-facts.ts";
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

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const file = alertsFile({ bytes: quick ? 1.7e7 : 6e7, seed: SEED });
  const backlog = backlogOf(file, EVERY_LEVEL);
  const { ids } = backlog;
  const sink = await SinkProcess.start();

  async function bareSide(): Promise<{ readonly tookMs: number; readonly correct: readonly string[] }> {
    await sink.forget();
    const { tookMs } = await runScript<PostAnswer>("bare-post.ts", [
      sink.url,
      `${ids.size}`,
      `${CONNECTIONS}`,
      `${SEED}`,
    ]);
    const { alerts } = await sink.state();
    const correct = [mustEqual("alerts that arrived without an engine", alerts, ids.size)];
    return { tookMs, correct };
  }

  const runs = await interleave(rounds, {
    engine: () => catchUp(backlog, sink, { folder, concurrency: CONNECTIONS }),
    bare: bareSide,
  });
  sink.stop();

  const ourMs = runs.engine.map(({ fromFirstMs }) => fromFirstMs);
  const bareMs = runs.bare.map(({ tookMs }) => tookMs);
  const rate = (tookMs: number): number => (ids.size / tookMs) * 1000;
  const cpuAnAlert = runs.engine.map((run) => run.cpuMs / ids.size);
  return {
    correct: [...(runs.engine[0]?.correct ?? []), ...(runs.bare[0]?.correct ?? [])],
    goals: [
      {
        what: "deliveries a second, from the first to the last",
        reached: median(ourMs.map(rate)),
        bound: { kind: "at_least", value: 8_000 },
        unit: "/s",
      },
    ],
    figures: [
      { what: "deliveries/s", value: spread(ourMs.map(rate)) },
      { what: "deliveries/s, from ready to the last", value: spread(runs.engine.map((run) => rate(run.fromReadyMs))) },
      { what: "calls/s of the bare HTTP client: nothing decided, nothing stored", value: spread(bareMs.map(rate)) },
      { what: "ours, of the bare client's", value: `${(100 * medianRatio(bareMs, ourMs)).toFixed(0)} %` },
      { what: "processor ms a delivered alert, start included", value: spread(cpuAnAlert, 3) },
      { what: "peak resident MB", value: spread(runs.engine.map(({ peakBytes }) => megabytes(peakBytes))) },
    ],
    notes: [
      `${grouped(ids.size)} alerts, ${CONNECTIONS} connections, every outcome committed (synchronous=FULL)`,
      "the sink and what measures share the cores with the engine",
    ],
  };
}
