import { fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
import { scriptPath, watched } from "./children.ts";
import { alertLines } from "./generate.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { interleave, median, medianRatio, quantile, spread } from "./rounds.ts";
import { monotonicMs, SinkProcess } from "./sink-process.ts";

/** How long an alert takes from the file to the receiver, on an engine that has nothing else to do. */
export const latency: Bench = {
  name: "latency",
  about: "one line appended, until its request arrives",
  run: measure,
};

const EVERY_MS = 40;
/** The first ones find cold code, which an engine that runs for months does not have. */
const WARM_UP = 25;

interface Follower {
  stop(): Promise<void>;
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const alerts = quick ? 75 : 300;
  const sink = await SinkProcess.start();
  let runs = 0;

  async function appendAndTime(
    start: (place: string, sinkUrl: string) => Promise<Follower>,
  ): Promise<readonly number[]> {
    const place = join(folder, `run-${(runs += 1)}`);
    mkdirSync(dirname(alertsPath(place)), { recursive: true });
    const file = openSync(alertsPath(place), "a");
    await sink.forget();
    const follower = await start(place, sink.url);
    const visibleAt = new Map<string, number>();
    const lines = alertLines(runs);
    for (let n = 0; n < WARM_UP + alerts; n += 1) {
      const { line, id } = lines.next().value;
      writeSync(file, `${line}\n`);
      visibleAt.set(id, monotonicMs());
      // Out of step with any timer of the engine.
      await delay(EVERY_MS * (0.5 + Math.random()));
    }
    await sink.arrived(visibleAt.size, 10_000);
    const arrivals = await sink.arrivals();
    const { calls } = await sink.state();
    mustEqual("calls", calls, visibleAt.size);
    await follower.stop();
    closeSync(file);
    return [...visibleAt].slice(WARM_UP).map(([id, at]) => (arrivals.get(id) ?? Number.NaN) - at);
  }

  const taken = await interleave(rounds, {
    durable: () => appendAndTime((place, sinkUrl) => RiposteProcess.start({ folder: place, sinkUrl, minLevel: 0 })),
    bare: () => appendAndTime(startBare),
  });
  sink.stop();

  const at = (side: keyof typeof taken, share: number): number[] => taken[side].map((ms) => quantile(ms, share));
  return {
    correct: [`each of ${WARM_UP + alerts} lines a round arrived, once`],
    goals: [
      {
        what: "half of all within",
        reached: median(at("durable", 0.5)),
        bound: { kind: "at_most", value: 3 },
        unit: "ms",
      },
      {
        what: "99 of 100 within",
        reached: median(at("durable", 0.99)),
        bound: { kind: "at_most", value: 15 },
        unit: "ms",
      },
    ],
    figures: [
      { what: "p50 ms, durable (synchronous=FULL)", value: spread(at("durable", 0.5), 2) },
      { what: "p99 ms, durable", value: spread(at("durable", 0.99), 2) },
      { what: "slowest ms, durable", value: spread(at("durable", 1), 2) },
      { what: "p50 ms of a bare follower: nothing decided, nothing stored", value: spread(at("bare", 0.5), 2) },
      { what: "p99 ms of a bare follower", value: spread(at("bare", 0.99), 2) },
      {
        what: "p50, of the bare follower's",
        value: `${medianRatio(at("durable", 0.5), at("bare", 0.5)).toFixed(1)} times`,
      },
    ],
    notes: [
      `${alerts} lines a round, one about every ${EVERY_MS} ms, from the return of the write to the last byte of the request`,
      "the manager itself holds a line back for up to a second before it writes it; that is not in these figures",
    ],
  };
}

async function startBare(place: string, sinkUrl: string): Promise<Follower> {
  const child = watched(fork(scriptPath("bare-follow.ts"), [alertsPath(place), sinkUrl], { execArgv: [] }));
  await once(child, "message");
  return {
    async stop() {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}
