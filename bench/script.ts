import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backlogOf, catchUp } from "./backlog.ts";
import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
import { runProgram, scriptPath } from "./children.ts";
import { alertLines, alertsFile, HIGH_LEVEL } from "./generate.ts";
import { findProgram, notInstalled } from "./peers.ts";
import { endedChildrenCpuMs } from "./process-facts.ts";
import { grouped, interleave, medianRatio, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** What a manager does without Riposte: one process for each alert, one after the other. */
export const script: Bench = {
  name: "script",
  about: "a backlog of which 2 % is delivered, against a Python script started for each alert",
  run: measure,
};

const CONNECTIONS = 128;

interface Scripted {
  readonly tookMs: number;
  readonly cpuMs: number;
}

async function measure({ quick, large, rounds, folder }: Setting): Promise<Findings> {
  const backlog = backlogOf(alertsFile({ bytes: large ? 1e9 : 4e8, seed: 1 }), HIGH_LEVEL);
  // The longer ours runs, the less its start weighs, which the script pays for each alert: it reads what `pipeline` reads.
  const alerts = quick ? 10 : 50;
  const python = await realPython();
  const sink = await SinkProcess.start();

  async function scriptSide(program: string): Promise<Scripted> {
    await sink.forget();
    const lines = alertLines(7);
    const [cpuBeforeMs, startedAt] = [endedChildrenCpuMs(), performance.now()];
    for (let n = 0; n < alerts; n += 1) {
      const path = join(folder, "one.alert");
      writeFileSync(path, lines.next().value.line);
      await runProgram(program, [scriptPath("post-one-alert.py"), path, sink.url]);
      rmSync(path);
    }
    const scripted = { tookMs: performance.now() - startedAt, cpuMs: endedChildrenCpuMs() - cpuBeforeMs };
    mustEqual("alerts that the script delivered", (await sink.state()).alerts, alerts);
    return scripted;
  }

  const runs = await interleave(rounds, {
    ours: () => catchUp(backlog, sink, { folder, concurrency: CONNECTIONS }),
    script: async () => (python === undefined ? null : await scriptSide(python.program)),
  });
  sink.stop();

  const ourCpuMs = runs.ours.map(({ cpuMs }) => cpuMs / backlog.ids.size);
  const scripted = runs.script.filter((run) => run !== null);
  const theirCpuMs = scripted.map(({ cpuMs }) => cpuMs / alerts);
  const correct = runs.ours[0]?.correct ?? [];
  const ours = [
    { what: "ours: processor ms a delivered alert, start and scanning included", value: spread(ourCpuMs, 3) },
    {
      what: "ours: of that the start",
      value: spread(
        runs.ours.map(({ startCpuMs }) => startCpuMs / backlog.ids.size),
        3,
      ),
    },
  ];
  if (python === undefined)
    return { correct, goals: [], figures: ours, notes: [notInstalled("Python", "python3, python3-requests")] };
  return {
    correct: [...correct, `the script delivered each of ${alerts} alerts a round`],
    goals: [
      {
        what: "processor time a delivered alert, the script's of ours",
        reached: medianRatio(theirCpuMs, ourCpuMs),
        bound: { kind: "at_least", value: 300 },
        unit: "times",
      },
    ],
    figures: [
      ...ours,
      { what: "the script: processor ms an alert", value: spread(theirCpuMs, 1) },
      { what: "the script: alerts/s, one after the other", value: spread(scripted.map(rateOf), 1) },
      {
        what: "ours: alerts/s delivered, from ready, with 49 times as many lines read beside them",
        value: spread(runs.ours.map(({ fromReadyMs }) => (backlog.ids.size / fromReadyMs) * 1000)),
      },
    ],
    notes: [
      `the script is a stand-in of ours for the manager's own (bench/post-one-alert.py), ${python.client}, ${python.version}`,
      `ours reads ${grouped(backlog.file.lines)} lines and delivers ${grouped(backlog.ids.size)} of them; the script is handed ${alerts} alerts that somebody else has picked, which is not counted`,
    ],
  };

  function rateOf({ tookMs }: Scripted): number {
    return (alerts / tookMs) * 1000;
  }
}

/** The interpreter itself: what the PATH names may be a script that looks for it. */
async function realPython(): Promise<{ program: string; version: string; client: string } | undefined> {
  const named = findProgram("python3");
  if (named === undefined) return undefined;
  const ask = `
import sys
try:
    import requests
    client = "requests " + requests.__version__
except ImportError:
    client = "urllib, as requests is not installed"
print(sys.executable, "Python " + sys.version.split()[0], client, sep="\\n")`;
  const { stdout } = await runProgram(named, ["-c", ask]);
  const [program = named, version = "", client = ""] = stdout.split("\n");
  return { program, version, client };
}
