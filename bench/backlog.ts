// A file that is there when the engine starts, read to its end and delivered to the last alert of a level and above.
import { linkSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { mustEqual } from "./bench.ts";
import { idsIn, mustBeDelivered } from "./delivered.ts";
import type { AlertsFile } from "./generate.ts";
import { cpuMs, residentBytes } from "./process-facts.ts";
import { alertsPath, RiposteProcess, type RiposteSetup } from "./riposte-process.ts";
import type { SinkProcess } from "./sink-process.ts";

export interface Backlog {
  readonly file: AlertsFile;
  readonly minLevel: number;
  /** Of the alerts that are to be delivered. */
  readonly ids: ReadonlySet<string>;
}

export interface CaughtUp {
  /** From the first delivery, from the start of the process, and from when it was ready, to the last delivery. */
  readonly fromFirstMs: number;
  readonly fromStartMs: number;
  readonly fromReadyMs: number;
  readonly cpuMs: number;
  /** Of that, what the start took. */
  readonly startCpuMs: number;
  readonly peakBytes: number;
  readonly correct: readonly string[];
}

export type CatchUpSetup = { readonly folder: string } & Partial<RiposteSetup> & {
    readonly beforeStop?: () => Promise<unknown>;
  };

const WITHIN_MS = 120_000;

export function backlogOf(file: AlertsFile, minLevel: number): Backlog {
  return { file, minLevel, ids: idsIn(file, minLevel) };
}

/** With a database of its own, which is gone afterwards. */
export async function catchUp(
  { file, minLevel, ids }: Backlog,
  sink: SinkProcess,
  { beforeStop, ...setup }: CatchUpSetup,
): Promise<CaughtUp> {
  const folder = join(setup.folder, "run");
  mkdirSync(dirname(alertsPath(folder)), { recursive: true });
  linkSync(file.path, alertsPath(folder));
  await sink.forget();
  const engine = await RiposteProcess.start({ minLevel, sinkUrl: sink.url, ...setup, folder });
  const startCpuMs = cpuMs(engine.pid);
  const { firstAtMs, lastAtMs } = await sink.arrived(ids.size, WITHIN_MS);
  const correct = await mustBeDelivered(engine, sink, { ids, lines: file.lines });
  const caughtUp = {
    fromFirstMs: lastAtMs - firstAtMs,
    fromStartMs: lastAtMs - engine.spawnedAtMs,
    fromReadyMs: lastAtMs - engine.readyAtMs,
    cpuMs: cpuMs(engine.pid),
    startCpuMs,
    peakBytes: residentBytes(engine.pid).peak,
    correct,
  };
  await beforeStop?.();
  await engine.stop();
  rmSync(folder, { recursive: true });
  return caughtUp;
}

/** What never arrives when the engine is killed half-way and started again, and how many calls came twice. */
export async function lostToKill(
  { file, minLevel, ids }: Backlog,
  sink: SinkProcess,
  setup: { readonly folder: string } & Partial<RiposteSetup>,
): Promise<{ readonly lost: number; readonly repeats: number }> {
  const folder = join(setup.folder, "killed");
  mkdirSync(dirname(alertsPath(folder)), { recursive: true });
  linkSync(file.path, alertsPath(folder));
  await sink.forget();
  const whole = { minLevel, sinkUrl: sink.url, ...setup, folder };
  const first = await RiposteProcess.start(whole);
  await sink.arrived(Math.floor(ids.size / 2), WITHIN_MS);
  await first.kill();
  const second = await RiposteProcess.start(whole);
  await sink.arrived(ids.size, WITHIN_MS);
  await second.untilCounters(({ read, work }) => read === file.lines && work === 0, WITHIN_MS);
  const { calls, alerts } = await sink.state();
  await second.stop();
  rmSync(folder, { recursive: true });
  return { lost: mustHaveAll(alerts, ids.size), repeats: calls - alerts };
}

function mustHaveAll(came: number, expected: number): number {
  mustEqual("different alerts that arrived in spite of kill -9", came, expected);
  return expected - came;
}
