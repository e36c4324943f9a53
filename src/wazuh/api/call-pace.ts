import { MINUTE_MS, type Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

/**
 * The API counts the calls of all its clients together, 300 a minute unless set otherwise, and refuses whatever comes
 * beyond that: the dashboard's as well. Half of it is for Riposte.
 */
export const CALLS_A_MINUTE = 150;

/** Calls take their turn in the order in which they ask for it, whoever asks, logins included. */
export class CallPace {
  readonly #clock: Clock;
  readonly #most: number;
  #starts: Instant[] = [];
  #shutUntil: Instant = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock, most: number = CALLS_A_MINUTE) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Resolves when a call may begin; with false where that is not before `until`, and then none may. */
  turn(until: Instant): Promise<boolean> {
    const mine = this.#last.then(() => this.#wait(until));
    this.#last = mine.then(() => {});
    return mine;
  }

  /** The API has asked for it. Its minute is a fixed one, so that it may be over sooner; nobody is told when. */
  slowDown(ms: number | null): void {
    this.#shutUntil = this.#clock.now() + Math.min(ms ?? MINUTE_MS, MINUTE_MS);
  }

  async #wait(until: Instant): Promise<boolean> {
    for (;;) {
      const now = this.#clock.now();
      const freeAt = this.#freeAt(now);
      if (freeAt <= now) {
        this.#starts.push(now);
        return true;
      }
      if (freeAt >= until) return false;
      await new Promise<void>((resolve) => this.#clock.after(freeAt - now, resolve));
    }
  }

  #freeAt(now: Instant): Instant {
    // A clock that was set back must not keep what began in its future.
    this.#starts = this.#starts.filter((at) => at <= now && now - at < MINUTE_MS);
    const shut = this.#shutUntil - now > MINUTE_MS ? 0 : this.#shutUntil;
    const [oldest] = this.#starts;
    const full = this.#starts.length >= this.#most && oldest !== undefined ? oldest + MINUTE_MS : 0;
    return Math.max(shut, full);
  }
}
