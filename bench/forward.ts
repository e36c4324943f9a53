import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, closeSync, copyFileSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FakeCa } from "../test/fakes/certificates.ts";
import { mustEqual, mustHold, type Bench, type Findings, type Setting } from "./bench.ts";
import { builtMain } from "./built.ts";
import { scriptPath, watched } from "./children.ts";
import type { ForwardSinkFacts, ForwardSinkSetup } from "./forward-sink.ts";
import { alertLines, alertsFile, HIGH_LEVEL, linesFrom, type AlertsFile } from "./generate.ts";
import { cpuMs, residentBytes, type ResidentBytes } from "./process-facts.ts";
import { median, quantile, spread } from "./rounds.ts";
import { monotonicMs } from "./sink-process.ts";

/** The forwarder on a manager node: how fast, how soon, and how much of the manager's memory. */
export const forward: Bench = {
  name: "forward",
  about: "the forwarder, over TLS, to a server that stores nothing: a backlog of which 2 % is sent, then line by line",
  run: measure,
};

const EVERY_MS = 40;
const WARM_UP = 25;
const MIB = 1_048_576;

interface Round {
  readonly linesPerSecond: number;
  readonly cpuMsPerLine: number;
  readonly wireBytes: number;
  readonly resident: ResidentBytes;
  readonly latencyMs: readonly number[];
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const backlog = alertsFile({ bytes: quick ? 1e8 : 4e8, seed: 1 });
  const alerts = quick ? 75 : 300;
  const ca = new FakeCa("bench");
  const { certificate, key } = ca.issue({ names: ["127.0.0.1"] });
  const done: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const place = join(folder, `${round}`);
    mkdirSync(place);
    writeFileSync(join(place, "ca.pem"), ca.certificate);
    writeFileSync(join(place, "token"), "bench-token\n");
    done.push(await forwardOnce(place, { certificate, key, minLevel: HIGH_LEVEL }, backlog, alerts));
  }
  const peaks = done.map(({ resident }) => resident.peak / MIB);
  const latencies = (share: number): number[] => done.map(({ latencyMs }) => quantile(latencyMs, share));
  const sent = linesFrom(backlog, HIGH_LEVEL);
  return {
    correct: [
      `each round ${sent} of ${backlog.lines} lines were sent once, and all others counted as refused`,
      `each of ${WARM_UP + alerts} lines that were appended one by one came once`,
    ],
    goals: [
      {
        what: "a backlog, lines read and 98 % of them refused at the edge",
        reached: median(done.map(({ linesPerSecond }) => linesPerSecond)),
        bound: { kind: "at_least", value: 100_000 },
        unit: "lines/s",
      },
      {
        what: "from the file to the server, 99 of 100 within",
        reached: median(latencies(0.99)),
        bound: { kind: "at_most", value: 50 },
        unit: "ms",
      },
      { what: "most resident memory", reached: median(peaks), bound: { kind: "at_most", value: 64 }, unit: "MiB" },
    ],
    figures: [
      { what: "lines/s", value: spread(done.map(({ linesPerSecond }) => linesPerSecond)) },
      {
        what: "processor µs a line",
        value: spread(
          done.map(({ cpuMsPerLine }) => 1_000 * cpuMsPerLine),
          2,
        ),
      },
      { what: "p50 ms from the file to the server", value: spread(latencies(0.5), 2) },
      { what: "p99 ms from the file to the server", value: spread(latencies(0.99), 2) },
      { what: "peak resident MiB", value: spread(peaks, 1) },
      {
        what: "resident MiB at the end, of that not a file's pages",
        value: spread(
          done.map(({ resident }) => resident.anonymous / MIB),
          1,
        ),
      },
      {
        what: "MB over the wire for the backlog",
        value: spread(
          done.map(({ wireBytes }) => wireBytes / 1e6),
          2,
        ),
      },
    ],
    notes: [
      "the clock runs from the forwarder's first request until the server has the backlog's last line",
      "resident memory counts the pages of Node's own program, some 40 MiB, which other Node processes share",
    ],
  };
}

async function forwardOnce(
  place: string,
  setup: ForwardSinkSetup,
  backlog: AlertsFile,
  alerts: number,
): Promise<Round> {
  const alertsPath = join(place, "alerts.json");
  copyFileSync(backlog.path, alertsPath);
  const fresh = alertLines(7);
  // The last one of the backlog is sent, so that its end is seen when it comes.
  const lastOfBacklog = wanted(fresh);
  appendFileSync(alertsPath, `${lastOfBacklog.line}\n`);
  const sink = watched(fork(scriptPath("forward-sink.ts"), [JSON.stringify(setup)], { execArgv: [] }));
  const [{ port }] = (await once(sink, "message")) as [{ port: number }];
  const forwarder = startForwarder(place, port);
  await arrival(sink, lastOfBacklog.id);
  const cpu = cpuMs(forwarder.pid ?? 0);
  const { askedAtMs, arrivals, wireBytes } = await factsOf(sink);
  const tookMs = (new Map(arrivals).get(lastOfBacklog.id) ?? Number.NaN) - askedAtMs;

  const file = openSync(alertsPath, "a");
  const visibleAt = new Map<string, number>();
  for (let n = 0; n < WARM_UP + alerts; n += 1) {
    const { line, id } = wanted(fresh);
    writeSync(file, `${line}\n`);
    visibleAt.set(id, monotonicMs());
    // Out of step with any timer of the forwarder.
    await delay(EVERY_MS * (0.5 + Math.random()));
  }
  closeSync(file);
  await arrival(sink, [...visibleAt.keys()].at(-1) ?? "");
  const resident = residentBytes(forwarder.pid ?? 0);
  const gone = once(forwarder, "exit");
  forwarder.kill("SIGTERM");
  const [code] = (await gone) as [number | null];
  mustHold(code === 0, `the forwarder stopped in order (exit code ${code})`);
  const facts = await factsOf(sink);
  sink.disconnect();

  const sent = linesFrom(backlog, HIGH_LEVEL) + 1 + visibleAt.size;
  mustEqual("lines that were sent", facts.lines, sent);
  mustEqual("different alerts that came", facts.arrivals.length, sent);
  mustEqual("lines that were refused at the edge", facts.ignored, backlog.lines - linesFrom(backlog, HIGH_LEVEL));
  const arrivedAt = new Map(facts.arrivals);
  return {
    linesPerSecond: (backlog.lines + 1) / (tookMs / 1_000),
    cpuMsPerLine: cpu / backlog.lines,
    wireBytes,
    resident,
    latencyMs: [...visibleAt].slice(WARM_UP).map(([id, at]) => (arrivedAt.get(id) ?? Number.NaN) - at),
  };
}

function startForwarder(place: string, port: number): ChildProcess {
  const settings = {
    alerts: join(place, "alerts.json"),
    to: `https://127.0.0.1:${port}`,
    "token-file": join(place, "token"),
    ca: join(place, "ca.pem"),
    state: join(place, "state"),
    start: "beginning",
    log: "error",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return watched(spawn(process.execPath, [builtMain, "forward", ...args], { stdio: ["ignore", "inherit", "inherit"] }));
}

function wanted(lines: ReturnType<typeof alertLines>): { readonly line: string; readonly id: string } {
  for (;;) {
    const next = lines.next().value;
    if (next.level >= HIGH_LEVEL) return next;
  }
}

async function arrival(sink: ChildProcess, id: string): Promise<void> {
  const came = once(sink, "message");
  sink.send({ kind: "await", id });
  const timer = setTimeout(() => sink.kill("SIGKILL"), 120_000);
  await came;
  clearTimeout(timer);
}

async function factsOf(sink: ChildProcess): Promise<ForwardSinkFacts> {
  const answer = once(sink, "message");
  sink.send({ kind: "facts" });
  const [facts] = (await answer) as [ForwardSinkFacts];
  return facts;
}
