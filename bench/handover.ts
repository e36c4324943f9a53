import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mustEqual, type Bench, type Findings, type Goal, type Setting } from "./bench.ts";
import { runProgram } from "./children.ts";
import { alertLines, type GeneratedLine } from "./generate.ts";
import { MeasuredManager, type ScriptRun } from "./handover-scripts.ts";
import { findProgram, notInstalled } from "./peers.ts";
import { cpuMs, megabytes } from "./process-facts.ts";
import { RiposteProcess } from "./riposte-process.ts";
import { grouped, interleave, median, quantile, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** How long integratord waits for a script that hands an alert over, and how fast what it hands over is taken in. */
export const handover: Bench = {
  name: "handover",
  about: "alerts handed over by scripts through a spool, and drained by a server",
  run: measure,
};

const RATE = 500;
const SH_ALONE = { wallMs: 20, peakMb: 15 };
const PYTHON_WALL_MS = 60;

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const calls = quick ? 20 : 200;
  const lines = alertLines(9);
  const sides = await scriptSides(folder, calls, () => lines.next().value.line);
  const drained: Drained[] = [];
  for (let round = 0; round < rounds; round += 1) {
    drained.push(await drain(join(folder, `drain-${round}`), RATE * (quick ? 4 : 20)));
  }
  const lastMs = drained.map(({ lastAfterMs }) => lastAfterMs);
  const reached = median(drained.map(({ perSecond }) => perSecond));
  return {
    correct: [...(sides?.correct ?? []), ...(drained[0]?.correct ?? [])],
    goals: [
      ...(sides?.goals ?? []),
      // The last alerts came a moment before they were counted.
      {
        what: `spooled alerts a second, taken in while ${RATE} came`,
        reached,
        bound: { kind: "at_least", value: RATE * 0.95 },
        unit: "/s",
      },
    ],
    figures: [
      ...(sides?.figures ?? []),
      { what: "files a second that came", value: spread(drained.map(({ cameASecond }) => cameASecond)) },
      {
        what: "processor ms of the server for each, delivery included",
        value: spread(
          drained.map(({ cpuMsAnAlert }) => cpuMsAnAlert),
          2,
        ),
      },
      { what: "ms from the last file to an empty spool", value: spread(lastMs) },
      {
        what: "most files that lay in the spool at once",
        value: spread(drained.map(({ mostWaiting }) => mostWaiting)),
      },
    ],
    notes: sides === null ? [notInstalled("what the scripts cost", "gcc, libc6-dev, python3")] : [],
  };
}

async function scriptSides(
  folder: string,
  calls: number,
  alert: () => string,
): Promise<Pick<Findings, "correct" | "goals" | "figures"> | null> {
  const python = findProgram("python3");
  if (python === undefined) return null;
  const real = (await runProgram(python, ["-c", "import sys; print(sys.executable)"])).stdout.trim();
  const all = ["custom-jira", "custom-jira.py", "custom-riposte"];
  const whole = await MeasuredManager.make(join(folder, "whole"), real, all);
  const alone = await MeasuredManager.make(join(folder, "alone"), real, all.slice(0, 2));
  if (whole === undefined || alone === undefined) return null;
  const runs = await interleave<Record<"riposte" | "jira" | "python", ScriptRun>>(calls, {
    riposte: () => whole.run("custom-riposte", alert()),
    jira: () => whole.run("custom-jira", alert()),
    python: () => alone.run("custom-jira", alert()),
  });
  const goals: readonly Goal[] = [
    ...scriptGoals("custom-riposte", runs.riposte, SH_ALONE.wallMs, SH_ALONE.peakMb),
    ...scriptGoals("custom-jira, sh alone", runs.jira, SH_ALONE.wallMs, SH_ALONE.peakMb),
    ...scriptGoals("custom-jira, sh and Python", runs.python, PYTHON_WALL_MS, null),
  ];
  return {
    correct: [`${grouped(3 * calls)} calls ended with 0, each with one alert in the spool`],
    goals,
    figures: [
      ...scriptFigures("custom-riposte", runs.riposte),
      ...scriptFigures("custom-jira, sh alone", runs.jira),
      ...scriptFigures("custom-jira, sh and Python", runs.python),
    ],
  };
}

function scriptGoals(what: string, runs: readonly ScriptRun[], wallMs: number, peakMb: number | null): readonly Goal[] {
  const peak = Math.max(...runs.map(({ peakBytes }) => megabytes(peakBytes)));
  return [
    {
      what: `${what}: wall, median`,
      reached: median(runs.map((run) => run.wallMs)),
      bound: { kind: "at_most", value: wallMs },
      unit: "ms",
    },
    ...(peakMb === null
      ? []
      : [
          {
            what: `${what}: most resident memory`,
            reached: peak,
            bound: { kind: "at_most" as const, value: peakMb },
            unit: "MB",
          },
        ]),
  ];
}

function scriptFigures(what: string, runs: readonly ScriptRun[]): Findings["figures"] {
  const walls = runs.map(({ wallMs }) => wallMs);
  const peaks = runs.map(({ peakBytes }) => megabytes(peakBytes));
  return [
    {
      what: `${what}: wall ms, p50 and p95`,
      value: `${median(walls).toFixed(1)} and ${quantile(walls, 0.95).toFixed(1)}`,
    },
    {
      what: `${what}: processor ms`,
      value: spread(
        runs.map(({ cpuMs }) => cpuMs),
        1,
      ),
    },
    { what: `${what}: peak resident MB of its largest process`, value: spread(peaks, 1) },
  ];
}

interface Drained {
  readonly perSecond: number;
  /** Files a second that came: on a busy machine fewer than were meant to. */
  readonly cameASecond: number;
  readonly cpuMsAnAlert: number;
  readonly lastAfterMs: number;
  readonly mostWaiting: number;
  readonly correct: readonly string[];
}

/** So many alerts at a steady pace, each a file that is moved into place, kept and delivered every one. */
async function drain(place: string, count: number): Promise<Drained> {
  const spool = join(place, "spool");
  mkdirSync(spool, { recursive: true });
  const sink = await SinkProcess.start();
  const engine = await RiposteProcess.start({ folder: place, sinkUrl: sink.url, minLevel: 0, concurrency: 128, spool });
  const lines = alertLines(11);
  const alerts = Array.from({ length: count }, (): GeneratedLine => lines.next().value);
  const [startedAt, startCpuMs] = [performance.now(), cpuMs(engine.pid)];
  let mostWaiting = 0;
  for (let n = 0; n < count;) {
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) / 1_000) * RATE) + 1);
    for (; n < due; n += 1) handOver(spool, n, alerts[n]!.line);
    mostWaiting = Math.max(mostWaiting, waitingIn(spool));
    await delay(2);
  }
  const lastAt = performance.now();
  while (waitingIn(spool) > 0) await delay(2);
  const emptyAt = performance.now();
  const counters = await engine.untilCounters(({ read, work }) => read === count && work === 0, 120_000);
  const { calls, strange } = await sink.state();
  const arrivals = await sink.arrivals();
  const correct = [
    mustEqual("spooled alerts that were kept", counters.kept, count),
    mustEqual("of them read more than once", counters.duplicate, 0),
    mustEqual("of them that could not be read", counters.malformed, 0),
    mustEqual("different alerts that arrived", arrivals.size, new Set(alerts.map(({ id }) => id)).size),
    mustEqual("calls: each alert came once", calls, count),
    mustEqual("calls without an alert's id", strange, 0),
  ];
  const drained = {
    perSecond: (count / (emptyAt - startedAt)) * 1_000,
    cameASecond: (count / (lastAt - startedAt)) * 1_000,
    cpuMsAnAlert: (cpuMs(engine.pid) - startCpuMs) / count,
    lastAfterMs: emptyAt - lastAt,
    mostWaiting,
    correct,
  };
  await engine.stop();
  sink.stop();
  rmSync(place, { recursive: true });
  return drained;
}

function handOver(spool: string, n: number, line: string): void {
  const name = `${Date.now()}${String(n).padStart(9, "0")}-1`;
  writeFileSync(join(spool, `.${name}.part`), `${line}\n`, { mode: 0o640 });
  renameSync(join(spool, `.${name}.part`), join(spool, `${name}.json`));
}

function waitingIn(spool: string): number {
  return readdirSync(spool).filter((name) => name.endsWith(".json")).length;
}
