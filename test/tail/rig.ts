import { onTestFinished } from "vitest";
import { diskFiles } from "../../src/ports/disk-files.ts";
import type { Files } from "../../src/ports/files.ts";
import { createLineJudge, type LineJudge } from "../../src/sources/line-judge.ts";
import type { Source } from "../../src/sources/source.ts";
import { createTail } from "../../src/sources/tail.ts";
import type { TailEvent } from "../../src/sources/tail-event.ts";
import type { TailOptions } from "../../src/sources/tail-options.ts";
import { createTestClock, type TestClock } from "../clock.ts";
import { AlertsFolder } from "./alerts-folder.ts";
import { Ledger } from "./ledger.ts";

/** The level from which the rig's one policy keeps alerts. */
export const KEPT_LEVEL = 10;

export const levelJudge: LineJudge = createLineJudge(
  KEPT_LEVEL,
  () => false,
  (level, alert) => (alert.level >= level ? [{ policy: "grave", groupKey: "[]", clears: false }] : []),
);

/** The disk, with watches that hear nothing: what arrives, arrives by the clock. */
export const deafFiles: Files = { ...diskFiles, watch: () => () => {} };

export interface Rig {
  readonly alerts: AlertsFolder;
  readonly ledger: Ledger;
  readonly clock: TestClock;
  readonly events: TailEvent[];
  /** One life of the source, from the cursor that was stored last. */
  start(options?: Partial<TailOptions>): Source;
  /** Starts, and lets it read to the end. */
  run(options?: Partial<TailOptions>): Promise<Source>;
  /** Lets the source notice what changed, finish with a file that was left, and store its progress. */
  settle(): Promise<void>;
}

export function createRig(): Rig {
  const alerts = new AlertsFolder();
  const ledger = new Ledger();
  const clock = createTestClock();
  const events: TailEvent[] = [];

  function start(options: Partial<TailOptions> = {}): Source {
    const source = createTail({
      name: "wazuh",
      path: alerts.path,
      start: "beginning",
      files: deafFiles,
      clock,
      accept: ledger.accept,
      judge: levelJudge,
      observe: (event) => events.push(event),
      ...options,
    });
    onTestFinished(() => {
      ledger.isSlow = false;
      while (ledger.waiting.length > 0) ledger.storeNext();
      return source.drain();
    });
    source.start(ledger.cursor);
    return source;
  }

  async function run(options: Partial<TailOptions> = {}): Promise<Source> {
    const source = start(options);
    await settle();
    return source;
  }

  function settle(): Promise<void> {
    return clock.advance(3_000);
  }

  return { alerts, ledger, clock, events, start, run, settle };
}

export interface LineOptions {
  readonly level?: number;
  readonly stamp?: string;
  /** Bytes of the whole line, at least. */
  readonly bytes?: number;
}

/** One alert as Wazuh writes it, told from others by its id. */
export function alertLine(
  id: number | string,
  { level = 10, stamp = "2026-05-26T08:00:00.000+0000", bytes = 0 }: LineOptions = {},
): string {
  const head = `{"timestamp":"${stamp}","rule":{"level":${level},"description":"Alert ${id}","id":"100${id}"},"agent":{"id":"001","name":"web-1"},"manager":{"name":"wazuh-1"},"id":"${id}","full_log":"`;
  return `${head}${"x".repeat(Math.max(0, bytes - head.length - 2))}"}`;
}
