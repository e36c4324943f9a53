import { formatConfigError } from "../config/problem.ts";
import type { Config } from "../config/schema.ts";
import { SECOND_MS } from "../core/time.ts";
import type { ConfigReport } from "../http/status.ts";
import type { Clock } from "../ports/clock.ts";
import { withNamedFiles } from "./named-files.ts";
import { readConfig, type ReadConfig } from "./read-config.ts";

export interface ConfigKeeperOptions {
  readonly path: string;
  readonly clock: Clock;
  /** That the process was started with. */
  readonly config: Config;
  /** What is in force was read from this. Null: from elsewhere, so that the file is new whatever it holds. */
  readonly text: string | null;
  /** Puts it in force; rejects when that failed, and then the old one still is. */
  readonly apply: (config: Config) => Promise<void>;
  readonly tell: ConfigTeller;
}

export interface ConfigTeller {
  applied(config: Config, text: string): void;
  refused(lines: readonly string[]): void;
  /** A right config could not be put in force; it is tried again. */
  failed(error: unknown): void;
  waitsForRestart(keys: readonly string[]): void;
}

/** Often enough for whoever waits for it; a file in a Kubernetes volume changes by a link, which no watch tells of. */
const LOOK_MS = 2 * SECOND_MS;

/**
 * Follows the config's file: what is right is put in force, what is wrong is told once and changes nothing. A file
 * is taken as it is when two looks in a row found it the same, so that half a file is not taken for a whole one.
 */
export class ConfigKeeper {
  readonly #options: ConfigKeeperOptions;
  /** The text that was last put in force or refused. */
  #taken: string | null;
  #seen: string | null;
  #report: ConfigReport;
  #cancel: () => void = () => {};
  #busy: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: ConfigKeeperOptions) {
    this.#options = options;
    this.#taken = options.text;
    this.#seen = options.text;
    this.#report = { path: options.path, appliedAt: options.clock.now(), refused: [], waitsForRestart: [] };
  }

  get report(): ConfigReport {
    return this.#report;
  }

  start(): void {
    this.#lookLater();
  }

  /** Somebody asks for it: takes the file as it is now, changed or not. */
  reload(): Promise<void> {
    return this.#next(() => this.#take(readConfig(this.#options.path), true));
  }

  /** Takes no more; resolves when what is being applied is. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#busy;
  }

  #lookLater(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      const again = (): void => this.#lookLater();
      this.#next(() => this.#look()).then(again, again);
    });
  }

  async #look(): Promise<void> {
    const read = readConfig(this.#options.path);
    const isSettled = read.text === this.#seen;
    this.#seen = read.text;
    if (isSettled && read.text !== this.#taken) await this.#take(read, false);
  }

  /** One at a time, whoever asks. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#busy = this.#busy.then(async () => {
      if (this.#stopped) return;
      // Whatever goes wrong once must not be the end of all following.
      await work().catch((error: unknown) => this.#options.tell.failed(error));
    });
    return this.#busy;
  }

  async #take(found: ReadConfig, isAsked: boolean): Promise<void> {
    const { path, tell, apply, clock } = this.#options;
    this.#seen = found.text;
    const read = await withNamedFiles(found);
    if (read.kind !== "loaded") {
      const lines = read.kind === "refused" ? read.errors.map(formatConfigError) : [read.says];
      const isTold = lines.join("\n") === this.#report.refused.join("\n");
      // A file that it names may be put right without a change of its own: the next look tries again.
      this.#taken = found.kind === "loaded" ? null : read.text;
      this.#report = { ...this.#report, refused: lines };
      if (!isTold || isAsked) tell.refused(lines);
      return;
    }
    try {
      await apply(read.config);
    } catch (error) {
      // Not remembered as applied: the next look tries again.
      tell.failed(error);
      return;
    }
    const waitsForRestart = fixedKeys(this.#options.config, read.config);
    this.#taken = read.text;
    this.#report = { path, appliedAt: clock.now(), refused: [], waitsForRestart };
    tell.applied(read.config, read.text);
    if (waitsForRestart.length > 0) tell.waitsForRestart(waitsForRestart);
  }
}

/** What a running process can't change about itself, by comparison with what it was started with. */
function fixedKeys(started: Config, now: Config): readonly string[] {
  const keys = ["store", "socket", "http"] as const;
  return keys.filter((key) => JSON.stringify(started[key]) !== JSON.stringify(now[key]));
}
