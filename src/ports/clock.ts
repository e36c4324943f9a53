import type { Instant } from "../core/time.ts";

/** Time, as the outside world keeps it. */
export interface Clock {
  now(): Instant;
  /** Calls `then` once after `ms`, unless the returned function was called before. */
  after(ms: number, then: () => void): () => void;
}

/** The machine's clock. A timer keeps the process alive until it fires or is cancelled. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, then) {
    // "As soon as others have had their turn": a timer of 0 would wait a whole millisecond.
    if (ms <= 0) {
      const immediate = setImmediate(then);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(then, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
