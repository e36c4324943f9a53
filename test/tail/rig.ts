import { onTestFinished } from "vitest";
import { diskFiles } from "../../src/ports/disk-files.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Files } from "../../src/ports/files.ts";
import { createLineJudge, type LineJudge } from "../../src/sources/line-judge.ts";
import type { Accept, Source } from "../../src/sources/source.ts";
import { createTail } from "../../src/sources/tail.ts";
import type { TailEvent } from "../../src/sources/tail-event.ts";
import type { TailOptions } from "../../src/sources/tail-options.ts";
import { createTestClock, type TestClock } from "../clock.ts";
import { createTestUnpack } from "../unpack.ts";
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
  readonly start: (options?: Partial<TailOptions>) => Source;
  /** Starts, and lets it read to the end. */
  readonly run: (options?: Partial<TailOptions>) => Promise<Source>;
  /** Lets the source notice what changed, finish with a file that was left, and store its progress. */
  readonly settle: () => Promise<void>;
  /** Ends every life of the source as a kill would. */
  readonly crash: () => void;
}

export function createRig(): Rig {
  const alerts = new AlertsFolder();
  const ledger = new Ledger();
  const clock = createTestClock();
  const events: TailEvent[] = [];
  let lives: Life[] = [];

  function start(options: Partial<TailOptions> = {}): Source {
    const life = new Life(clock, options.files ?? deafFiles, options.accept ?? ledger.accept);
    const source = createTail({
      name: "wazuh",
      path: alerts.path,
      start: "beginning",
      judge: levelJudge,
      observe: (event) => events.push(event),
      ...options,
      clock: life.clock,
      files: life.files,
      accept: life.accept,
      unpack: createTestUnpack(life.clock),
    });
    lives.push(life);
    onTestFinished(() => life.end());
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

  function crash(): void {
    for (const life of lives) life.end();
    lives = [];
    ledger.waiting.length = 0;
  }

  return { alerts, ledger, clock, events, start, run, settle, crash };
}

/** A rig whose source was killed in this file, with so many lines of it read and stored. */
export async function stoppedIn(dated: string, lines = 1): Promise<Rig> {
  const rig = createRig();
  rig.alerts.linkTo(dated);
  rig.alerts.lines(...Array.from({ length: lines }, (_, i) => alertLine(i + 1)));
  await rig.run();
  rig.crash();
  return rig;
}

/** What one process would have had, and loses all at once. */
class Life {
  readonly clock: Clock;
  readonly files: Files;
  readonly accept: Accept;
  readonly #open = new Set<() => void>();
  #isOver = false;

  constructor(clock: Clock, files: Files, accept: Accept) {
    this.clock = {
      now: () => clock.now(),
      after: (ms, then) => clock.after(ms, () => (this.#isOver ? undefined : then())),
    };
    this.files = {
      ...files,
      open: (path) => {
        const file = files.open(path);
        if (file.kind !== "open") return file;
        const close = (): void => {
          this.#open.delete(close);
          file.close();
        };
        this.#open.add(close);
        return { ...file, close };
      },
    };
    this.accept = async (stretch) => {
      await accept(stretch);
      // Whoever died in between never learns of the answer.
      if (this.#isOver) await new Promise(() => {});
    };
  }

  end(): void {
    this.#isOver = true;
    for (const close of this.#open) close();
  }
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
