import type { AcceptInput } from "../core/input.ts";
import { SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Accept } from "./source.ts";
import { cursorText, type TailCursor } from "./tail-cursor.ts";
import type { Stretch } from "./tail-stretch.ts";

export interface HandoverOptions {
  readonly source: string;
  readonly clock: Clock;
  readonly accept: Accept;
  /** Progress without anything to keep is handed over this often. */
  readonly progressMs: number;
  /** Event time up to which all is read, asked when a stretch goes out. */
  readonly readUpTo: () => Instant | null;
  readonly accepted: (upTo: Instant | null) => void;
  /** An offer may be welcome now. */
  readonly ready: () => void;
  /** What was handed over must be read again, from `safe`. */
  readonly refused: (error: unknown, retryInMs: number) => void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30 * SECOND_MS;

/**
 * Hands stretches to the Writer, one at a time: a later one must not be stored past one that failed. What is read
 * while one is with the Writer gathers for the next, so that a slow disk makes stretches larger, not more.
 */
export class Handover {
  readonly #options: HandoverOptions;
  #safe: TailCursor | null = null;
  #isOut = false;
  #answered: Promise<void> = Promise.resolve();
  #handedAt: Instant;
  #cancelReady: (() => void) | null = null;
  #mustStore = false;
  #isHeldBack = false;
  #retryMs = FIRST_RETRY_MS;

  constructor(options: HandoverOptions) {
    this.#options = options;
    this.#handedAt = options.clock.now();
  }

  /** The last place that was stored, or the one where everything began. */
  get safe(): TailCursor | null {
    return this.#safe;
  }
  /** A stretch is with the Writer. */
  get isOut(): boolean {
    return this.#isOut;
  }
  /** Something was refused, and it is too early to try again. */
  get isHeldBack(): boolean {
    return this.#isHeldBack;
  }

  /** From here on nothing may be missed. */
  beginAt(cursor: TailCursor): void {
    this.#safe = cursor;
  }

  /** The next offer goes out whatever is in it. */
  mustStore(): void {
    this.#mustStore = true;
  }

  /** Hands the stretch over if it is time, and else says `ready` when it will be. */
  offer(stretch: Stretch, cursor: () => TailCursor): void {
    if (this.#isOut || this.isHeldBack) return;
    const waitedMs = this.#options.clock.now() - this.#handedAt;
    // A clock that was set back says nothing about how long it was.
    const waitMs = waitedMs < 0 ? 0 : this.#options.progressMs - waitedMs;
    const isDue = stretch.hasProgress && waitMs <= 0;
    if (this.#mustStore || stretch.hasContent || stretch.isLong || isDue) this.#hand(stretch, cursor());
    else if (stretch.hasProgress) this.#readyIn(waitMs);
  }

  /** Hands over what is left, and resolves when everything is answered. */
  async close(stretch: Stretch, cursor: () => TailCursor): Promise<void> {
    this.#cancelReady?.();
    await this.#answered;
    if (!this.isHeldBack && (this.#mustStore || stretch.hasProgress)) this.#hand(stretch, cursor());
    await this.#answered;
    this.#cancelReady?.();
  }

  #hand(stretch: Stretch, cursor: TailCursor): void {
    const { source, clock, readUpTo } = this.#options;
    this.#cancelReady?.();
    this.#cancelReady = null;
    this.#mustStore = false;
    this.#handedAt = clock.now();
    this.#isOut = true;
    const tally = stretch.cut();
    this.#answered = this.#deliver(
      { kind: "accept", source, cursor: cursorText(cursor), ...tally, watermarkAt: readUpTo() },
      cursor,
    );
  }

  async #deliver(input: AcceptInput, cursor: TailCursor): Promise<void> {
    const { accept, accepted, ready, refused } = this.#options;
    try {
      // Inside a promise, so that an `accept` that throws at once refuses no earlier than one that answers.
      await new Promise<unknown>((resolve) => resolve(accept(input)));
    } catch (error) {
      this.#isOut = false;
      this.#mustStore = true;
      const retryInMs = this.#retryMs;
      this.#isHeldBack = true;
      this.#retryMs = Math.min(2 * retryInMs, LONGEST_RETRY_MS);
      this.#readyIn(retryInMs);
      refused(error, retryInMs);
      return;
    }
    this.#isOut = false;
    this.#safe = cursor;
    // Only lines that were taken show that the trouble is over; an empty stretch is taken all the while.
    if (input.read > 0) this.#retryMs = FIRST_RETRY_MS;
    accepted(input.watermarkAt);
    ready();
  }

  #readyIn(ms: number): void {
    if (this.#cancelReady !== null) return;
    this.#cancelReady = this.#options.clock.after(ms, () => {
      this.#cancelReady = null;
      this.#isHeldBack = false;
      this.#options.ready();
    });
  }
}
