import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
import { runScript } from "./children.ts";
import { HIGH_LEVEL } from "./generate.ts";
import type { IngestAnswer } from "./ingest-side.ts";
import { cpuMs, megabytes, residentBytes } from "./process-facts.ts";
import { RiposteProcess } from "./riposte-process.ts";
import { grouped, interleave, median, spread } from "./rounds.ts";

/** Alerts over real HTTP to a real server, each batch answered after its commit. */
export const ingest: Bench = {
  name: "ingest",
  about: "NDJSON over HTTP, 1,000 lines a request, each answered once it is stored for good",
  run: measure,
};

const BATCH = 1_000;
const TOKEN = "a-token-of-the-bench-and-of-nothing-else-0001";

interface Run {
  readonly rate: number;
  readonly cpuUs: number;
  readonly peakMb: number;
  readonly p99Ms: number;
  readonly correct: readonly string[];
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const batches = quick ? 30 : 120;
  let runs = 0;

  async function run(minLevel: number, encoding: "identity" | "gzip"): Promise<Run> {
    const place = join(folder, `run-${(runs += 1)}`);
    mkdirSync(place);
    // Nothing goes there: incidents are held for longer than the bench takes.
    const sinkUrl = "http://127.0.0.1:9/";
    const riposte = await RiposteProcess.start({ folder: place, sinkUrl, minLevel, senderToken: TOKEN, gathers: true });
    const cpuBefore = cpuMs(riposte.pid);
    const sent = await runScript<IngestAnswer>("ingest-side.ts", [
      riposte.origin,
      TOKEN,
      `${BATCH}`,
      `${batches}`,
      encoding,
    ]);
    const cpuTookMs = cpuMs(riposte.pid) - cpuBefore;
    const peakMb = megabytes(residentBytes(riposte.pid).peak);
    const counters = await riposte.counters();
    await riposte.kill();
    const kept = minLevel === 0 ? sent.lines : sent.high;
    const correct = [
      mustEqual("requests that were not answered with 200", sent.others, 0),
      mustEqual("lines that were answered as read", sent.read, sent.lines),
      mustEqual("lines that were answered as kept", sent.kept, kept),
      mustEqual("lines that were answered as ignored", sent.ignored, sent.lines - kept),
      mustEqual("lines that the source has read", counters.read, sent.lines),
      mustEqual("alerts in the database of the server that was killed", alertsIn(join(place, "riposte.db")), kept),
    ];
    rmSync(place, { recursive: true });
    return {
      rate: (sent.lines / sent.tookMs) * 1_000,
      cpuUs: (cpuTookMs / sent.lines) * 1_000,
      peakMb,
      p99Ms: sent.p99Ms,
      correct,
    };
  }

  const measured = await interleave(rounds, {
    all: () => run(0, "identity"),
    few: () => run(HIGH_LEVEL, "identity"),
    packed: () => run(HIGH_LEVEL, "gzip"),
  });
  const of = (side: keyof typeof measured, what: Exclude<keyof Run, "correct">): number[] =>
    measured[side].map((each) => each[what]);
  return {
    correct: [...(measured.all[0]?.correct ?? []), ...(measured.few[0]?.correct ?? [])],
    goals: [
      {
        what: "alerts a second, all of them kept",
        reached: median(of("all", "rate")),
        bound: { kind: "at_least", value: 40_000 },
        unit: "/s",
      },
      {
        what: "alerts a second, 2 % of them kept",
        reached: median(of("few", "rate")),
        bound: { kind: "at_least", value: 40_000 },
        unit: "/s",
      },
    ],
    figures: [
      { what: "alerts/s, all kept", value: spread(of("all", "rate")) },
      { what: "the server's processor time an alert in µs, all kept", value: spread(of("all", "cpuUs"), 1) },
      { what: "ms until a request is answered, 99 of 100, all kept", value: spread(of("all", "p99Ms")) },
      { what: "peak resident MB, all kept", value: spread(of("all", "peakMb")) },
      { what: "alerts/s, 2 % kept", value: spread(of("few", "rate")) },
      { what: "the server's processor time an alert in µs, 2 % kept", value: spread(of("few", "cpuUs"), 1) },
      { what: "alerts/s, 2 % kept, gzip", value: spread(of("packed", "rate")) },
    ],
    notes: [
      `${grouped(batches * BATCH)} alerts a round over four connections; synchronous=FULL; the alerts that are kept join incidents of their rule and agent, of which nobody is told yet`,
      "who sends shares the cores with the server",
    ],
  };
}

function alertsIn(path: string): number {
  const db = new DatabaseSync(path);
  const rows = Number(db.prepare("SELECT count(*) AS rows FROM alert").get()?.["rows"]);
  db.close();
  return rows;
}
