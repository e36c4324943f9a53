import { SECOND_MS } from "../../src/core/time.ts";
import type { Clock } from "../../src/ports/clock.ts";

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Virtual time: a heap of events, run one by one, each after everything that the one before set going has come to rest. */
export class SimTime {
  now: number;
  /** Events that were run. */
  steps = 0;
  readonly #heap: Event[] = [];
  #order = 0;
  #realAnswers = 0;
  #answered: () => void = () => {};

  constructor(startAt: number) {
    this.now = startAt;
  }

  after(ms: number, run: () => void): () => void {
    const event: Event = {
      at: this.now + Math.max(0, Math.ceil(ms)),
      order: (this.#order += 1),
      run,
      cancelled: false,
    };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Something outside of the simulation is asked: time stands still until it has answered. */
  async real<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    this.#realAnswers += 1;
    try {
      return await ask();
    } finally {
      this.#realAnswers -= 1;
      if (this.#realAnswers === 0) this.#answered();
    }
  }

  /** Runs events until `endAt`, or until `done` says so after one of them. */
  async runUntil(endAt: number, done: () => boolean): Promise<void> {
    await this.#settleDown();
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > endAt) break;
      this.#pop();
      if (next.cancelled) continue;
      this.now = Math.max(this.now, next.at);
      this.steps += 1;
      next.run();
      await this.#settleDown();
      if (done()) return;
    }
    this.now = Math.max(this.now, endAt);
  }

  /**
   * Everything simulated goes on in microtasks, and they are all done before a next tick comes: an immediate would take
   * all of the event loop round, at each of a seed's twenty thousand steps.
   */
  async #settleDown(): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (this.#realAnswers === 0) return;
      await new Promise<void>((resolve) => (this.#answered = resolve));
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

/** A machine with little to do lets its timers come so late: looks by the clock alone would be most of a quiet hour. */
const DROWSY_MS = 9 * SECOND_MS;

interface ClockOwner {
  readonly alive: boolean;
  readonly isDrowsy?: boolean;
}

/** The clock of one life of the engine: its timers die with it. */
export function clockOf(time: SimTime, life: ClockOwner): Clock {
  return {
    now: () => time.now,
    after: (ms, then) => {
      const lateMs = life.isDrowsy === true && ms >= SECOND_MS ? DROWSY_MS : 0;
      return time.after(ms + lateMs, () => (life.alive ? then() : undefined));
    },
  };
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
