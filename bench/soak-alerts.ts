// Writes alerts as a manager does: at a rate, into a dated file that has a second, short name, and into another one
// from time to time.
import { closeSync, linkSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { alertLines } from "./generate.ts";
import { monotonicMs } from "./sink-process.ts";

export interface Appended {
  readonly id: string;
  readonly atMs: number;
}

const EVERY_MS = 10;
/** Dated files that stay, as if somebody tidied up behind the engine: an hour of alerts is 12 GB. */
const FILES_KEPT = 3;

export class SoakAlerts {
  readonly #alerts: string;
  readonly #minLevel: number;
  readonly #dated: string[] = [];
  #file: number | undefined;
  #files = 0;
  lines = 0;
  /** Lines of the level that is delivered, and the newest of them. */
  wanted = 0;
  newest: Appended | undefined;

  constructor(alerts: string, minLevel: number) {
    this.#alerts = alerts;
    this.#minLevel = minLevel;
    this.rotate();
  }

  /** Goes on in another file, made first; then the short name moves. */
  rotate(): void {
    const part = this.#files === 0 ? "" : `-${String(this.#files).padStart(3, "0")}`;
    const dated = join(dirname(this.#alerts), "2026", "Jan", `ossec-alerts-05${part}.json`);
    mkdirSync(dirname(dated), { recursive: true });
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = openSync(dated, "a");
    rmSync(this.#alerts, { force: true });
    linkSync(dated, this.#alerts);
    this.#files += 1;
    this.#dated.push(dated);
    for (const old of this.#dated.splice(0, Math.max(0, this.#dated.length - FILES_KEPT))) rmSync(old);
  }

  get rotations(): number {
    return this.#files - 1;
  }

  /** Until it is told to stop. A machine that is too busy for the rate falls behind it, and does not catch up at once. */
  async append(linesASecond: number, signal: AbortSignal): Promise<void> {
    const lines = alertLines(50);
    for (let beforeAt = monotonicMs(), owed = 0; !signal.aborted;) {
      await delay(EVERY_MS);
      const now = monotonicMs();
      owed = Math.min(owed + ((now - beforeAt) / 1000) * linesASecond, linesASecond);
      beforeAt = now;
      const batch = Array.from({ length: Math.floor(owed) }, () => lines.next().value);
      owed -= batch.length;
      if (batch.length > 0 && this.#file !== undefined)
        writeSync(this.#file, batch.map(({ line }) => `${line}\n`).join(""));
      this.lines += batch.length;
      for (const { id, level } of batch) {
        if (level < this.#minLevel) continue;
        this.wanted += 1;
        this.newest = { id, atMs: monotonicMs() };
      }
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
