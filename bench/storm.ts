import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { mustEqual, mustHold, type Bench, type Findings, type Setting } from "./bench.ts";
import { alertLines, type GeneratedLine } from "./generate.ts";
import { megabytes, residentBytes } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { grouped, median, quantile, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** What is critical must not wait behind a storm, whatever the destination takes. */
export const storm: Bench = {
  name: "storm",
  about: "100,000 new incidents for a destination that takes one message a second, and critical ones among them",
  run: measure,
};

const STORM = 100_000;
const LINES_A_SECOND = 2_500;
const INTERVAL_MS = 1_000;
/** So many critical ones at once, and then none until all of them may be out. */
const CRITICALS = 3;
const EVERY_S = CRITICALS + 2;

interface Round {
  /** Intervals from the commit of each critical one to the beginning of its call, for each place that it may be in. */
  readonly shares: readonly number[];
  /** The shortest time between the beginnings of two calls, and between their arrivals. */
  readonly beganMs: number;
  readonly arrivedMs: number;
  /** Without pages of files: in the middle of the storm, and once all of it waits. */
  readonly middle: number;
  readonly end: number;
  readonly peak: number;
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const lines = quick ? STORM / 5 : STORM;
  const done: Round[] = [];
  for (let round = 0; round < rounds; round += 1) done.push(await weather(join(folder, `${round}`), lines));
  return {
    correct: [`${grouped(lines)} alerts a round were kept and wait, and every critical one arrived, once`],
    goals: [
      {
        what: "the nth of the critical that wait, until its call begins, of n intervals",
        reached: median(done.map(({ shares }) => quantile(shares, 1))),
        bound: { kind: "at_most", value: 1 },
        unit: "times",
      },
      {
        what: "between the beginnings of the two closest calls, of what the destination takes",
        reached: Math.min(...done.map(({ beganMs }) => beganMs)) / INTERVAL_MS,
        bound: { kind: "at_least", value: 1 },
        unit: "intervals",
      },
      {
        what: "memory that the second half of the storm took",
        reached: Math.max(0, median(done.map(({ middle, end }) => megabytes(end - middle)))),
        bound: { kind: "at_most", value: 20 },
        unit: "MB",
      },
    ],
    figures: [
      { what: "ms between the two closest arrivals", value: spread(done.map(({ arrivedMs }) => arrivedMs)) },
      { what: "MB that are no file's pages, at the end", value: spread(done.map(({ end }) => megabytes(end))) },
      { what: "most resident MB", value: spread(done.map(({ peak }) => megabytes(peak))) },
    ],
    notes: [
      `each alert opens an incident of its own, ${grouped(LINES_A_SECOND)} lines a second; ${CRITICALS} critical ones at once, every ${EVERY_S} seconds`,
      "a critical one is timed from when it was committed, by the rows: reading the storm is what other benches measure",
    ],
  };
}

async function weather(place: string, lines: number): Promise<Round> {
  mkdirSync(dirname(alertsPath(place)), { recursive: true });
  const file = openSync(alertsPath(place), "a");
  const sink = await SinkProcess.start();
  const engine = await RiposteProcess.start({ folder: place, sinkUrl: sink.url, minLevel: 7, paceMs: INTERVAL_MS });
  const alerts = alertLines(30);
  const text = (count: number, level: number): string =>
    Array.from({ length: count }, () => textOf(alerts.next().value, level)).join("");
  const startedAt = performance.now();
  let criticals = 0;
  let middle = 0;
  for (let written = 0; written < lines;) {
    await delay(5);
    const due = Math.min(lines, Math.floor(((performance.now() - startedAt) / 1000) * LINES_A_SECOND));
    writeSync(file, text(due - written, 12));
    written = due;
    if (middle === 0 && written >= lines / 2) middle = residentBytes(engine.pid).anonymous;
    if (written < (criticals / CRITICALS + 1) * EVERY_S * LINES_A_SECOND) continue;
    writeSync(file, text(CRITICALS, 15));
    criticals += CRITICALS;
  }
  const counters = await engine.untilCounters(({ kept }) => kept === lines + criticals, 120_000);
  mustHold(counters.work > lines / 2, `the storm waits: ${counters.work} are still to be told`);
  await delay((CRITICALS + 1) * INTERVAL_MS);
  const { anonymous: end, peak } = residentBytes(engine.pid);
  // Riposte's word about itself bears no id.
  const { closestMs: arrivedMs, calls, strange, alerts: came } = await sink.state();
  mustEqual("calls for alerts", calls - strange, came);
  await engine.stop();
  sink.stop();
  closeSync(file);
  const waits = readCalls(join(place, "riposte.db"));
  mustEqual("critical ones that were told", waits.critical.length, criticals);
  rmSync(place, { recursive: true });
  return { shares: placed(waits.critical), beganMs: waits.closestMs, arrivedMs, middle, end, peak };
}

interface Call {
  readonly openedAt: number;
  readonly beganAt: number;
}

function readCalls(path: string): { readonly critical: readonly Call[]; readonly closestMs: number } {
  const db = new DatabaseSync(path, { readOnly: true });
  const critical = db.prepare(
    `SELECT opened_at AS openedAt, began_at AS beganAt FROM attempt JOIN incident ON incident.id = attempt.incident
     WHERE severity = 'critical' ORDER BY began_at`,
  );
  const began = db.prepare("SELECT began_at FROM attempt ORDER BY began_at").all();
  const calls = critical.all() as unknown as readonly Call[];
  db.close();
  const at = began.map((row) => Number(row["began_at"]));
  return { critical: calls, closestMs: Math.min(...at.slice(1).map((each, i) => each - at[i]!)) };
}

/** Of each how long it waited, of as many intervals as there were before it when it came, and one. */
function placed(calls: readonly Call[]): readonly number[] {
  return calls.map((call) => {
    const before = calls.filter(({ beganAt }) => beganAt < call.beganAt && beganAt >= call.openedAt).length;
    return (call.beganAt - call.openedAt) / ((before + 1) * INTERVAL_MS);
  });
}

function textOf({ line }: GeneratedLine, level: number): string {
  return `${line.replace(/"level":\d+/, `"level":${level}`)}\n`;
}
