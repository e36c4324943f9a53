import type { Clock } from "../src/ports/clock.ts";

interface Timer {
  dueAt: number;
  readonly order: number;
  readonly fire: () => void;
}

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  /**
   * Lets so much time pass: every timer that falls due fires at its own instant, in order, and what it set going in
   * promises comes to rest before the next one. `advance(0)` does what is due now.
   */
  advance(ms: number): Promise<void>;
  /** Somebody sets it forward or (negative) back. Timers go on as before: they measure how long, not until when. */
  set(byMs: number): void;
  /** Timers that have neither fired nor been cancelled. */
  waiting(): number;
}

export const TEST_START_AT = Date.UTC(2026, 4, 26, 8, 0, 0);

export function createTestClock(startAt: number = TEST_START_AT): TestClock {
  const timers = new Set<Timer>();
  let now = startAt;
  let order = 0;

  function after(ms: number, then: () => void): () => void {
    const timer = { dueAt: now + Math.max(0, Math.ceil(ms)), order: (order += 1), fire: then };
    timers.add(timer);
    return () => timers.delete(timer);
  }

  async function advance(ms: number): Promise<void> {
    const endAt = now + ms;
    await atRest();
    for (let next = earliest(); next !== null && next.dueAt <= endAt; next = earliest()) {
      timers.delete(next);
      now = Math.max(now, next.dueAt);
      next.fire();
      await atRest();
    }
    now = endAt;
  }

  function earliest(): Timer | null {
    let first: Timer | null = null;
    for (const timer of timers) if (first === null || isBefore(timer, first)) first = timer;
    return first;
  }

  function set(byMs: number): void {
    now += byMs;
    for (const timer of timers) timer.dueAt += byMs;
  }

  return { now: () => now, after, advance, set, waiting: () => timers.size };
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}

/** An immediate runs only after every microtask, also those that microtasks begin. */
function atRest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
