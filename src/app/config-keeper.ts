import { formatConfigError } from "../config/problem.ts";
import type { Config } from "../config/schema.ts";
import { SECOND_MS } from "../core/time.ts";
import type { ConfigReport } from "../http/status.ts";
import type { Clock } from "../ports/clock.ts";
import type { DoorSettings } from "../ports/door-settings.ts";
import { withNamedFiles } from "./named-files.ts";
import { foundBy, type OssecPart, readConfig, type ReadConfig } from "./read-config.ts";

export interface ConfigKeeperOptions {
  readonly path: string;
  readonly clock: Clock;
  /** That the process was started with. */
  readonly config: Config;
  /** What is in force was read from this. Null: from elsewhere, so that the file is new whatever it holds. */
  readonly text: string | null;
  /** What came of the blocks of `ossec_conf` in `config`. */
  readonly ossec?: OssecPart | null;
  /** Puts it in force; rejects when that failed, and then the old one still is. */
  readonly apply: (config: Config) => Promise<void>;
  readonly tell: ConfigTeller;
}

export interface ConfigTeller {
  applied(config: Config, text: string, ossec: OssecPart | null): void;
  refused(lines: readonly string[]): void;
  /** A right config could not be put in force; it is tried again. */
  failed(error: unknown): void;
  waitsForRestart(keys: readonly string[]): void;
  /** What is wrong with playbooks, whenever that is something else than before; empty: nothing any more. */
  playbooks(lines: readonly string[]): void;
  /** About the files of integrations as they are now, a line each. */
  ossecProblems?(lines: readonly string[]): void;
}

/** Often enough for whoever waits for it; a file in a Kubernetes volume changes by a link, which no watch tells of. */
const LOOK_MS = 2 * SECOND_MS;

/**
 * Follows the config's file and the playbooks that it names: what is right is put in force, what is wrong is told once and changes nothing. A file
 * is taken as it is when two looks in a row found it the same, so that half a file is not taken for a whole one.
 */
export class ConfigKeeper {
  readonly #options: ConfigKeeperOptions;
  /** What was last put in force or refused, and what the last look found: the file with all that it names. */
  #taken: string | null;
  #seen: string | null;
  #inForce: Config;
  #ossec: OssecPart | null;
  #playbookLines: readonly string[] = [];
  #report: ConfigReport;
  #cancel: () => void = () => {};
  #busy: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: ConfigKeeperOptions) {
    this.#options = options;
    const { path, clock, text, config, ossec = null } = options;
    this.#taken = stampOf(text, config, ossec);
    this.#seen = this.#taken;
    this.#inForce = config;
    this.#ossec = ossec;
    this.#report = { path, appliedAt: clock.now(), refused: [], waitsForRestart: [], ossec: linesOf(ossec) };
  }

  get report(): ConfigReport {
    return this.#report;
  }

  /** Blocks that were taken over and that nobody sends any more, by name, and what is to be said of each. */
  get unsent(): readonly { readonly block: string; readonly says: string }[] {
    return (this.#ossec?.unsent ?? []).map(({ name, error }) => ({ block: name, says: formatConfigError(error) }));
  }

  start(): void {
    const ossec = linesOf(this.#ossec);
    if (ossec.length > 0) this.#options.tell.ossecProblems?.(ossec);
    this.#tellOfPlaybooks(playbookTroubles(this.#options.config));
    this.#lookLater();
  }

  /** Somebody asks for it: takes the file as it is now, changed or not. */
  reload(): Promise<void> {
    return this.#next(() => this.#take(this.#read(), true));
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
    const read = this.#read();
    const stamp = stampOfRead(read);
    const isSettled = stamp === this.#seen;
    this.#seen = stamp;
    if (isSettled && stamp !== this.#taken) await this.#take(read, false);
  }

  /** Of the files of integrations, what is bad now counts as it was when it was last in force. */
  #read(): ReadConfig {
    return readConfig(this.#options.path, null, this.#ossec?.reading ?? null);
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
    const stamp = stampOfRead(found);
    this.#seen = stamp;
    const read = await withNamedFiles(found);
    if (read.kind !== "loaded") {
      const lines = read.kind === "refused" ? read.errors.map(formatConfigError) : [read.says];
      const isTold = lines.join("\n") === this.#report.refused.join("\n");
      // A file that it names may be put right without a change of its own: the next look tries again.
      this.#taken = found.kind === "loaded" ? null : stamp;
      this.#report = { ...this.#report, refused: lines };
      if (!isTold || isAsked) tell.refused(lines);
      return;
    }
    const config = keepingPlaybooks(read.config, this.#inForce);
    try {
      await apply(config);
    } catch (error) {
      // Not remembered as applied: the next look tries again.
      tell.failed(error);
      return;
    }
    const waitsForRestart = fixedKeys(this.#options.config, read.config);
    this.#taken = stamp;
    this.#inForce = config;
    this.#ossec = read.ossec;
    const ossec = linesOf(read.ossec);
    const isTold = ossec.join("\n") === this.#report.ossec?.join("\n");
    this.#report = { path, appliedAt: clock.now(), refused: [], waitsForRestart, ossec };
    tell.applied(config, read.text, read.ossec);
    if (ossec.length > 0 && (!isTold || isAsked)) tell.ossecProblems?.(ossec);
    if (waitsForRestart.length > 0) tell.waitsForRestart(waitsForRestart);
    this.#tellOfPlaybooks((read.playbookErrors ?? []).map(formatConfigError));
  }

  #tellOfPlaybooks(lines: readonly string[]): void {
    const isTold = lines.join("\n") === this.#playbookLines.join("\n");
    this.#playbookLines = lines;
    if (lines.length > 0) this.#report = { ...this.#report, playbooks: lines };
    if (!isTold) this.#options.tell.playbooks(lines);
  }
}

/** One that was read before and can't be now stays as it was: half a file is no reason to take people's guidance away. */
function keepingPlaybooks(next: Config, inForce: Config): Config {
  const playbooks = Object.entries(next.playbooks ?? {}).map(([name, playbook]) => {
    const before = inForce.playbooks?.[name];
    return [name, playbook.kind === "unreadable" && before !== undefined ? before : playbook] as const;
  });
  return { ...next, playbooks: Object.fromEntries(playbooks) };
}

function playbookTroubles({ playbooks = {} }: Config): readonly string[] {
  return Object.values(playbooks).flatMap((playbook) =>
    playbook.kind === "unreadable" ? [`${playbook.name}: ${playbook.says}`] : [],
  );
}

function stampOfRead(read: ReadConfig): string | null {
  return read.kind === "loaded" ? stampOf(read.text, read.config, read.ossec) : stampOf(read.text, null, null);
}

function stampOf(text: string | null, config: Config | null, ossec: OssecPart | null): string | null {
  return text === null ? null : JSON.stringify([text, config?.playbooks ?? {}, foundBy(ossec)]);
}

function linesOf(ossec: OssecPart | null): readonly string[] {
  return ossec?.problems.map(formatConfigError) ?? [];
}

/** What a running process can't change about itself, by comparison with what it was started with. */
function fixedKeys(started: Config, now: Config): readonly string[] {
  const keys = ["store", "socket", "http"] as const;
  const [before, after] = [started, now].map((config) => ({ ...config, http: withoutTokens(config) }));
  return keys.filter((key) => JSON.stringify(before?.[key]) !== JSON.stringify(after?.[key]));
}

/** Who may ask is looked up with each request. */
function withoutTokens({ http }: Config): Omit<DoorSettings, "tokens"> | null {
  if (http === null) return null;
  const { tokens: _, ...door } = http;
  return door;
}
