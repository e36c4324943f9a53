// Keeps appending believable Wazuh alerts to an alerts.json, in step with the clock.
import { openAlertsFile } from "./alerts-file.ts";
import type { AlertsFile } from "./alerts-file.ts";
import { sampleEvents } from "./sample/sample-alerts.ts";
import type { SampleEvent } from "./sample/sample-alerts.ts";

export { sampleAlerts } from "./sample/sample-alerts.ts";

const TURN_MS = 100;
const FLUSH_MS = 1_000;
/** After a longer gap (a laptop that slept) the sample starts afresh: hours of made-up arrears help nobody. */
const LONGEST_GAP_MS = 30_000;

export interface FeederOptions {
  /** The short name, `…/alerts/alerts.json`; the dated files go beside it. */
  readonly path: string;
  readonly seed: number;
  readonly eventsPerSecond: number;
  readonly clock?: { now(): number };
  readonly maxFileBytes?: number;
  readonly keptFiles?: number;
}

export interface Feeder {
  /** The file is there when this returns. */
  start(): void;
  /** Leaves whole lines behind. */
  stop(): void;
  /** Writes what is due by the clock; `start` calls it ten times a second. */
  turn(): void;
  /** Alerts appended since `start`. */
  fed(): number;
}

export function createFeeder(options: FeederOptions): Feeder {
  const { path, seed, eventsPerSecond, clock = Date } = options;
  const { maxFileBytes = 32 * 1024 * 1024, keptFiles = 3 } = options;
  let file: AlertsFile | undefined;
  let events: Iterator<SampleEvent, never>;
  let next: SampleEvent;
  let timer: NodeJS.Timeout | undefined;
  let flushedAt = 0;
  let beginnings = 0;
  let fed = 0;

  function begin(offset: number): void {
    const startAt = clock.now();
    events = sampleEvents({ seed: seed + beginnings++, startAt, eventsPerSecond, offset });
    next = events.next().value;
    flushedAt = startAt;
  }

  function start(): void {
    if (file !== undefined) return;
    file = openAlertsFile({ path, maxFileBytes, keptFiles }, clock.now());
    begin(file.sizeBytes());
    timer = setInterval(turn, TURN_MS);
  }

  function turn(): void {
    if (file === undefined) return;
    const now = clock.now();
    if (now - next.at > LONGEST_GAP_MS) begin(file.sizeBytes());
    for (; next.at <= now; next = events.next().value) {
      file.append(next.line, next.at);
      fed++;
    }
    if (now - flushedAt < FLUSH_MS) return;
    file.flush();
    flushedAt = now;
  }

  function stop(): void {
    clearInterval(timer);
    file?.close();
    file = undefined;
  }

  return { start, stop, turn, fed: () => fed };
}
