import { SECOND_MS, type Instant } from "../core/time.ts";
import type { FolderStat } from "../ports/spool-folder.ts";
import type { Source, SourceStatus } from "./source.ts";
import { SpoolHandover } from "./spool-handover.ts";
import { takeFile, type FileTaking } from "./spool-file.ts";
import { ALIVE, pickNames } from "./spool-names.ts";
import { SPOOL_LIMITS, type SpoolLimits, type SpoolOptions } from "./spool-options.ts";
import { SpoolRemains } from "./spool-remains.ts";
import { SpoolTroubles } from "./spool-troubles.ts";
import { isDiskError } from "./disk-error.ts";
import { Lines } from "./tail-lines.ts";
import { Stretch } from "./tail-stretch.ts";
import { TailWatermark } from "./tail-watermark.ts";

/** Empties a directory into which others put alerts, a file each: a file is deleted once it is stored, and not before. */
export function createSpool(options: SpoolOptions): Source {
  return new Spool(options);
}

/** integratord sleeps a second between looks and starts a script for each alert: so old may be what is on its way. */
const HELD_BACK_MS = 5 * SECOND_MS;
/** A directory whose time is younger than this may get another entry within the same tick of its clock. */
const SETTLED_MS = 2 * SECOND_MS;

class Spool implements Source {
  readonly name: string;
  readonly #options: SpoolOptions;
  readonly #limits: SpoolLimits;
  readonly #lines: Lines;
  readonly #stretch: Stretch;
  readonly #troubles: SpoolTroubles;
  readonly #remains: SpoolRemains;
  readonly #handover: SpoolHandover;
  readonly #watermark = new TailWatermark();

  #phase: "new" | "running" | "stopped" = "new";
  #loop: Promise<void> = Promise.resolve();
  #wake: (() => void) | null = null;
  #isWoken = false;
  #unwatch: () => void = () => {};
  #watched: string | null = null;
  #owner: number | null = null;
  #touchedAt: Instant | null = null;
  /** The last look at all names: when, and what the directory said of itself just before. */
  #looked: { readonly at: Instant; readonly inode: string; readonly modifiedAtMs: number } | null = null;
  /** When everything there was had been stored; null: there is more, as far as is known. */
  #emptyAt: Instant | null = null;

  constructor(options: SpoolOptions) {
    const { name, judge, clock, folder, accept, observe = () => {} } = options;
    this.name = name;
    this.#options = options;
    this.#limits = { ...SPOOL_LIMITS, ...options.limits };
    this.#lines = new Lines(this.#limits);
    this.#stretch = new Stretch(judge, this.#limits);
    this.#troubles = new SpoolTroubles(observe, clock);
    this.#remains = new SpoolRemains(folder, this.#troubles, this.#limits);
    this.#handover = new SpoolHandover({
      source: name,
      clock,
      accept,
      stretch: this.#stretch,
      remains: this.#remains,
      troubles: this.#troubles,
      watermark: this.#watermark,
    });
  }

  start(): void {
    if (this.#phase !== "new") throw new Error(`source ${this.name} was started before`);
    this.#phase = "running";
    this.#loop = this.#run();
  }

  async drain(): Promise<void> {
    this.#phase = "stopped";
    this.#unwatch();
    this.#wakeUp();
    await this.#loop;
  }

  watermark(): ReturnType<Source["watermark"]> {
    if (this.#emptyAt !== null) this.#watermark.noteEnd(this.#emptyAt - HELD_BACK_MS);
    return this.#watermark.value;
  }

  nodesHeard(): ReadonlyMap<string, Instant> {
    return this.#stretch.nodes.at;
  }

  status(): SourceStatus {
    const state = this.#state();
    return { state, trouble: this.#troubles.words(), behindBytes: state === "at_end" ? 0 : null };
  }

  #state(): SourceStatus["state"] {
    if (this.#phase === "stopped") return "stopped";
    if (this.#troubles.has("folder_missing")) return "missing";
    if (this.#troubles.has("folder_unusable")) return "unreadable";
    if (this.#phase === "new" || this.#looked === null) return "starting";
    return this.#emptyAt === null ? "reading" : "at_end";
  }

  /** Stops at nothing but `drain`; a bug ends it, and is thrown where that is awaited. */
  async #run(): Promise<void> {
    while (this.#isRunning()) {
      const stat = this.#folderToEmpty();
      const pauseMs = stat === null ? this.#limits.lookMs : await this.#look(stat);
      if (this.#isRunning()) await this.#pause(pauseMs);
    }
  }

  #isRunning(): boolean {
    return this.#phase === "running";
  }

  /** Null: there is none, or none that can be emptied. Says so, and gives the sign of life where there is. */
  #folderToEmpty(): FolderStat | null {
    const { folder, clock } = this.#options;
    const { path } = folder;
    try {
      const stat = folder.stat();
      if (stat === null) return this.#noFolder({ kind: "folder_missing", path });
      if (!stat.isDirectory) {
        const why = "it is no directory; a symbolic link is not followed";
        return this.#noFolder({ kind: "folder_unusable", path, why });
      }
      this.#owner = this.#options.owner ?? stat.ownerId;
      this.#follow(stat.inode);
      this.#touch(clock.now());
      this.#troubles.end("folder_missing", "folder_unusable");
      this.#watermark.noteWell(clock.now());
      return stat;
    } catch (error) {
      if (!isDiskError(error)) throw error;
      return this.#noFolder({ kind: "folder_unusable", path, why: error.code });
    }
  }

  #noFolder(event: Parameters<SpoolTroubles["begin"]>[0]): null {
    this.#troubles.end(event.kind === "folder_missing" ? "folder_unusable" : "folder_missing");
    this.#troubles.begin(event);
    this.#emptyAt = null;
    this.#looked = null;
    // One that is made anew may well get the number of the one that is gone.
    this.#unwatch();
    this.#watched = null;
    return null;
  }

  #follow(inode: string): void {
    if (this.#watched === inode) return;
    this.#unwatch();
    this.#watched = inode;
    this.#touchedAt = null;
    this.#unwatch = this.#options.folder.watch(() => this.#wakeUp());
  }

  /** Says that alerts are taken here. Throws where the directory can't be written to, and so not be emptied either. */
  #touch(now: Instant): void {
    if (this.#touchedAt !== null && Math.abs(now - this.#touchedAt) < this.#limits.aliveMs) return;
    // Who can't store is not there: those who hand alerts over had better tell somebody themselves.
    if (this.#troubles.has("not_stored")) return;
    try {
      this.#options.folder.touch(ALIVE, now);
    } catch (error) {
      // Emptying the directory is what helps a full disk.
      if (!isDiskError(error) || !["ENOSPC", "EDQUOT"].includes(error.code)) throw error;
    }
    this.#touchedAt = now;
  }

  /** Takes what is there; how long to wait before the next look. */
  async #look(stat: FolderStat): Promise<number> {
    const { clock, folder } = this.#options;
    const { names: most, leftBehindMs, lookMs } = this.#limits;
    const at = clock.now();
    this.#remains.tryAgain(at);
    if (this.#remains.isFull) {
      const why = "too many files that were taken in can't be deleted";
      this.#noFolder({ kind: "folder_unusable", path: folder.path, why });
      return lookMs;
    }
    if (this.#isUnchanged(stat, at)) {
      this.#emptyAt = at;
      return lookMs;
    }
    this.#handover.begin();
    try {
      const { names, all } = await pickNames({
        folder,
        leftBehindBefore: at - leftBehindMs,
        most,
        passOver: (name) => this.#remains.has(name),
        othersTurn: () => this.#othersTurn(),
      });
      if (names.length > 0) this.#emptyAt = null;
      const files = await this.#takeAll(names);
      const { refusedForMs } = this.#handover;
      if (refusedForMs !== null) {
        this.#looked = null;
        return refusedForMs;
      }
      if (all) this.#remains.settle();
      this.#looked = all && this.#isRunning() ? { at, ...stat } : null;
      if (all && this.#isRunning() && !this.#remains.someUnread) this.#emptyAt = at;
      return all || files === 0 ? lookMs : 0;
    } catch (error) {
      if (!isDiskError(error)) throw error;
      this.#noFolder({ kind: "folder_unusable", path: folder.path, why: error.code });
      return lookMs;
    }
  }

  #isUnchanged(stat: FolderStat, now: Instant): boolean {
    const looked = this.#looked;
    if (looked === null || this.#emptyAt === null) return false;
    return (
      looked.inode === stat.inode &&
      looked.modifiedAtMs === stat.modifiedAtMs &&
      looked.at - stat.modifiedAtMs > SETTLED_MS &&
      Math.abs(now - looked.at) < this.#limits.againMs
    );
  }

  async #takeAll(names: readonly string[]): Promise<number> {
    const { filesATurn, filesAStretch } = this.#limits;
    const taking = this.#taking();
    let files = 0;
    for (const name of names) {
      if (!this.#isRunning()) break;
      const taken = await takeFile(name, taking);
      if (taken.kind === "left") break;
      if (this.#remains.note(name, taken)) files += 1;
      if (this.#stretch.isFull || this.#remains.stored >= filesAStretch) await this.#handover.handOver();
      if (this.#handover.refusedForMs !== null) break;
      if (files % filesATurn === 0) await this.#othersTurn();
    }
    if (this.#handover.refusedForMs === null) await this.#handover.handOver();
    return files;
  }

  #taking(): FileTaking {
    const { clock, folder, ownId } = this.#options;
    return {
      folder,
      lines: this.#lines,
      stretch: this.#stretch,
      now: () => clock.now(),
      mayOwn: (id) => id === 0 || id === this.#owner || id === ownId,
      fileBytes: this.#limits.fileBytes,
      between: () => this.#between(),
    };
  }

  /** In the middle of a file: it stays until its end is stored as well. */
  async #between(): Promise<boolean> {
    if (this.#stretch.isFull) await this.#handover.store();
    if (this.#handover.refusedForMs !== null) return false;
    await this.#othersTurn();
    return this.#isRunning();
  }

  #othersTurn(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(0, resolve));
  }

  /** Until something changes, or for so long. What could not be stored waits in any case. */
  #pause(ms: number): Promise<void> {
    if (this.#isWoken && !this.#troubles.has("not_stored")) {
      this.#isWoken = false;
      return this.#othersTurn();
    }
    return new Promise((resolve) => {
      const done = (): void => {
        this.#wake = null;
        this.#isWoken = false;
        resolve();
      };
      const cancel = this.#options.clock.after(ms, done);
      this.#wake = () => {
        if (this.#isRunning() && this.#troubles.has("not_stored")) return;
        cancel();
        done();
      };
    });
  }

  #wakeUp(): void {
    this.#isWoken = true;
    this.#wake?.();
  }
}
