import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { appendAndTime } from "./append.ts";
import { backlogOf, catchUp } from "./backlog.ts";
import type { Bench, Findings, Setting } from "./bench.ts";
import { alertLines, alertsFile } from "./generate.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { grouped, interleave, medianRatio, quantile, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** A destination that takes calls and never answers must cost nobody else anything. */
export const isolation: Bench = {
  name: "isolation",
  about: "two destinations are told of everything, and one of them hangs",
  run: measure,
};

const CONNECTIONS = 32;
const LINES_A_SECOND = 200;

interface Told {
  readonly rate: number;
  readonly p99Ms: number;
  readonly correct: readonly string[];
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const backlog = backlogOf(alertsFile({ bytes: quick ? 8e6 : 3e7, seed: 9 }), 0);
  const seconds = quick ? 3 : 8;
  const [sink, other] = [await SinkProcess.start(), await SinkProcess.start()];

  /** `hangs` undefined: there is no other. */
  async function tell(hangs: boolean | undefined): Promise<Told> {
    const alsoUrl = hangs === undefined ? undefined : other.url;
    const behave = (): Promise<unknown> => other.behave({ status: hangs === true ? null : 204, afterMs: 0 });
    // A stop waits for the calls under way.
    const beforeStop = (): Promise<unknown> => other.behave({ status: 204, afterMs: 0 });
    await behave();
    const setup = { folder, concurrency: CONNECTIONS, ...(alsoUrl !== undefined && { alsoUrl }) };
    const { fromFirstMs, correct } = await catchUp(backlog, sink, { ...setup, beforeStop });
    const rate = (backlog.ids.size / fromFirstMs) * 1000;

    const place = join(folder, "paced");
    mkdirSync(dirname(alertsPath(place)), { recursive: true });
    const file = openSync(alertsPath(place), "a");
    await sink.forget();
    await behave();
    const engine = await RiposteProcess.start({ ...setup, folder: place, sinkUrl: sink.url, minLevel: 0 });
    const ms = await appendAndTime({ file, sink, lines: alertLines(10), minLevel: 0, rate: LINES_A_SECOND, seconds });
    await beforeStop();
    await engine.stop();
    closeSync(file);
    rmSync(place, { recursive: true });
    return { rate, p99Ms: quantile(ms, 0.99), correct };
  }

  const runs = await interleave(rounds, {
    alone: () => tell(undefined),
    answering: () => tell(false),
    hanging: () => tell(true),
  });
  sink.stop();
  other.stop();

  const of = (side: keyof typeof runs, what: "rate" | "p99Ms"): number[] => runs[side].map((run) => run[what]);
  return {
    correct: runs.hanging[0]?.correct ?? [],
    goals: [
      {
        what: "rate of the healthy one while the other hangs, of its rate while both answer",
        reached: 100 * medianRatio(of("hanging", "rate"), of("answering", "rate")),
        bound: { kind: "at_least", value: 90 },
        unit: "%",
      },
      {
        what: "99 of 100 of its alerts while both answer, of the same while the other hangs",
        reached: 100 * medianRatio(of("answering", "p99Ms"), of("hanging", "p99Ms")),
        bound: { kind: "at_least", value: 90 },
        unit: "%",
      },
    ],
    figures: [
      { what: "deliveries/s of it while the other hangs", value: spread(of("hanging", "rate")) },
      { what: "deliveries/s of it while both answer", value: spread(of("answering", "rate")) },
      { what: "deliveries/s of it with no other configured", value: spread(of("alone", "rate")) },
      { what: "p99 ms of it while the other hangs", value: spread(of("hanging", "p99Ms"), 2) },
      { what: "p99 ms of it while both answer", value: spread(of("answering", "p99Ms"), 2) },
      { what: "p99 ms of it with no other configured", value: spread(of("alone", "p99Ms"), 2) },
    ],
    notes: [
      `rates over a backlog of ${grouped(backlog.ids.size)} alerts with ${CONNECTIONS} connections each, p99 at ${LINES_A_SECOND} appended lines a second, all kept`,
      "with the other hanging its deliveries wait in the database; with no other there is half as much to write",
    ],
  };
}
