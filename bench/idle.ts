import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
import { alertLines, HIGH_LEVEL } from "./generate.ts";
import { cpuMs, megabytes, residentBytes } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { median, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** What an engine costs that stands at the end of its file with nothing to deliver. */
export const idle: Bench = {
  name: "idle",
  about: "an engine with nothing to do",
  run: measure,
};

const LINES = 1_000;

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const windowMs = quick ? 5_000 : 20_000;
  const sink = await SinkProcess.start();
  const lines = alertLines(4);
  const alerts = Array.from({ length: LINES }, () => lines.next().value);
  mkdirSync(dirname(alertsPath(folder)), { recursive: true });
  writeFileSync(alertsPath(folder), alerts.map(({ line }) => `${line}\n`).join(""));
  const engine = await RiposteProcess.start({ folder, sinkUrl: sink.url, minLevel: HIGH_LEVEL });
  const { kept } = await engine.untilCounters(({ read, work }) => read === LINES && work === 0, 10_000);
  const correct = [mustEqual("alerts kept and delivered before it is idle", kept, alerts.filter(isHigh).length)];
  await delay(2_000);

  const shares: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [beforeMs, fromMs] = [cpuMs(engine.pid), performance.now()];
    await delay(windowMs);
    shares.push((100 * (cpuMs(engine.pid) - beforeMs)) / (performance.now() - fromMs));
  }
  const { now, anonymous } = residentBytes(engine.pid);
  await engine.stop();
  sink.stop();
  return {
    correct,
    goals: [{ what: "of a core while idle", reached: median(shares), bound: { kind: "at_most", value: 1 }, unit: "%" }],
    figures: [
      { what: `% of a core over ${windowMs / 1000} s`, value: spread(shares, 2) },
      { what: "resident MB", value: megabytes(now).toFixed(0) },
      { what: "of that not a file's pages", value: megabytes(anonymous).toFixed(0) },
    ],
    notes: [`the kernel counts processor time in steps of 10 ms: ${(1000 / windowMs).toFixed(2)} % of a core here`],
  };
}

function isHigh({ level }: { readonly level: number }): boolean {
  return level >= HIGH_LEVEL;
}
