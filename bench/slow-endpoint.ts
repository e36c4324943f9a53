import { backlogOf, catchUp } from "./backlog.ts";
import type { Bench, Findings, Setting } from "./bench.ts";
import { alertsFile } from "./generate.ts";
import { grouped, median, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** A service far away: what sets the rate is how many calls may be under way, and nothing of ours may take from it. */
export const slowEndpoint: Bench = {
  name: "slow-endpoint",
  about: "delivering to a receiver that answers after 200 ms",
  run: measure,
};

const CONNECTIONS = 64;
const ANSWERS_AFTER_MS = 200;
const LIMIT = (CONNECTIONS / ANSWERS_AFTER_MS) * 1000;

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const backlog = backlogOf(alertsFile({ bytes: quick ? 2e6 : 6e6, seed: 8 }), 0);
  const sink = await SinkProcess.start();
  await sink.behave({ status: 204, afterMs: ANSWERS_AFTER_MS });
  const rates: number[] = [];
  let correct: readonly string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const run = await catchUp(backlog, sink, { folder, concurrency: CONNECTIONS });
    // The first calls come all at once, and are what the others are counted from.
    rates.push(((backlog.ids.size - CONNECTIONS) / run.fromFirstMs) * 1000);
    ({ correct } = run);
  }
  sink.stop();
  return {
    correct,
    goals: [
      {
        what: "of what as many connections can carry",
        reached: (100 * median(rates)) / LIMIT,
        bound: { kind: "at_least", value: 90 },
        unit: "%",
      },
    ],
    figures: [
      { what: "deliveries/s", value: spread(rates) },
      { what: "the limit: connections by the time of an answer", value: `${LIMIT}/s` },
    ],
    notes: [
      `${grouped(backlog.ids.size)} alerts over ${CONNECTIONS} connections, plain HTTP: what TLS costs is not in it`,
    ],
  };
}
