import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

interface Timer {
  readonly at: Instant;
  readonly goesOff: () => void;
}

/** The time of the alerts that are replayed: it stands still until it is moved on, and never goes back. */
export class EventClock implements Clock {
  #now: Instant = 0;
  readonly #timers = new Set<Timer>();

  now(): Instant {
    return this.#now;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, Math.ceil(ms)), goesOff: then };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  moveTo(at: Instant): void {
    this.#now = Math.max(this.#now, at);
  }

  /** When a timer will go off, or should have; null: none is set. */
  nextAt(): Instant | null {
    let next: Instant | null = null;
    for (const { at } of this.#timers) if (next === null || at < next) next = at;
    return next;
  }

  /** Lets those go off that are due. */
  fire(): void {
    const due = [...this.#timers].filter(({ at }) => at <= this.#now);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.goesOff();
    }
  }
}
