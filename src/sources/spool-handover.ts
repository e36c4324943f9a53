import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Accept } from "./source.ts";
import type { SpoolRemains } from "./spool-remains.ts";
import type { SpoolTroubles } from "./spool-troubles.ts";
import type { Stretch } from "./tail-stretch.ts";
import type { TailWatermark } from "./tail-watermark.ts";

export interface SpoolHandoverOptions {
  readonly source: string;
  readonly clock: Clock;
  readonly accept: Accept;
  readonly stretch: Stretch;
  readonly remains: SpoolRemains;
  readonly troubles: SpoolTroubles;
  readonly watermark: TailWatermark;
}

/** There is no place to remember: what is still there has not been stored, or is known as a duplicate. */
const CURSOR = JSON.stringify({ v: 1 });

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30 * SECOND_MS;

/** Hands what was read of a spool to the Writer, and clears its files away after the commit and not before. */
export class SpoolHandover {
  readonly #options: SpoolHandoverOptions;
  #retryMs = FIRST_RETRY_MS;
  #refusedForMs: number | null = null;

  constructor(options: SpoolHandoverOptions) {
    this.#options = options;
  }

  /** How long to wait, since what was read last could not be stored; null: it could. */
  get refusedForMs(): number | null {
    return this.#refusedForMs;
  }

  /** It is tried anew, from the first file that is left. */
  begin(): void {
    this.#refusedForMs = null;
  }

  async handOver(): Promise<void> {
    await this.store();
    if (this.#refusedForMs === null) this.#options.remains.clearAway();
  }

  /** Leaves the files where they are. */
  async store(): Promise<void> {
    const { source, clock, accept, stretch, troubles, watermark } = this.#options;
    if (!stretch.hasProgress) return;
    const { lastLineAt } = stretch;
    const tally = stretch.cut();
    try {
      await accept({ kind: "accept", source, cursor: CURSOR, ...tally, watermarkAt: lastLineAt });
    } catch (error) {
      this.#refuse(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#retryMs = FIRST_RETRY_MS;
    troubles.end("not_stored");
    watermark.noteLines(lastLineAt);
    watermark.noteWell(clock.now());
  }

  #refuse(why: string): void {
    const retryInMs = this.#retryMs;
    this.#refusedForMs = retryInMs;
    this.#retryMs = Math.min(2 * retryInMs, LONGEST_RETRY_MS);
    this.#options.stretch.forget();
    this.#options.remains.forget();
    this.#options.troubles.begin({ kind: "not_stored", why, retryInMs });
  }
}
