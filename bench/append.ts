// Appends lines to a file at a rate, and times each alert from the return of its write to its arrival.
import { writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { mustEqual } from "./bench.ts";
import type { GeneratedLine } from "./generate.ts";
import { monotonicMs, type SinkProcess } from "./sink-process.ts";

export interface Appending {
  readonly file: number;
  readonly sink: SinkProcess;
  readonly lines: Generator<GeneratedLine, never>;
  /** Lines below it are written, and not waited for. */
  readonly minLevel: number;
  /** Lines a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** The first ones find cold code, which an engine that runs for months does not have. */
const WARM_UP_SHARE = 0.2;
const EVERY_MS = 5;
const ARRIVED_WITHIN_MS = 60_000;

/** How long each alert took, in milliseconds, less those of the warm-up. */
export async function appendAndTime({
  file,
  sink,
  lines,
  minLevel,
  rate,
  seconds,
}: Appending): Promise<readonly number[]> {
  // Made beforehand: making them takes longer than writing them.
  const waiting = Array.from({ length: Math.round(rate * seconds) }, () => lines.next().value);
  const visibleAt = new Map<string, number>();
  const startedAt = performance.now();
  for (let written = 0; written < waiting.length;) {
    await delay(EVERY_MS);
    const due = Math.min(waiting.length, Math.floor(((performance.now() - startedAt) / 1000) * rate));
    const batch = waiting.slice(written, due);
    if (batch.length > 0) writeSync(file, batch.map(({ line }) => `${line}\n`).join(""));
    const now = monotonicMs();
    for (const { id, level } of batch) if (level >= minLevel) visibleAt.set(id, now);
    written = due;
  }
  await sink.arrived(visibleAt.size, ARRIVED_WITHIN_MS);
  const arrivals = await sink.arrivals();
  mustEqual("calls", (await sink.state()).calls, visibleAt.size);
  return [...visibleAt]
    .slice(Math.floor(visibleAt.size * WARM_UP_SHARE))
    .map(([id, at]) => (arrivals.get(id) ?? Number.NaN) - at);
}
