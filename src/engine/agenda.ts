import type { Instant } from "../core/time.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Passed } from "./passed.ts";

/** When to look at a destination again. */
export type Again =
  | { readonly kind: "at_once" }
  /** Then, or as soon as there is news for it; null: only then. */
  | { readonly kind: "when_due"; readonly at: Instant | null }
  /** Whatever news there is, unless an outcome of its own comes in. */
  | { readonly kind: "not_before"; readonly at: Instant }
  /** Nothing may begin until one of its calls has ended. */
  | { readonly kind: "after_outcome" };

/** What a turn may plan for a destination. */
export interface Place {
  /** Attempts whose outcome is not in, once the turn is committed. */
  readonly inFlight: ReadonlySet<number>;
  /** It had nothing but finished work to clear away: more of that may be cleared in one go. */
  readonly isClearing: boolean;
  /** What has to wait for its kind of call; null: nothing was found that must. */
  readonly passed: Passed | null;
}

/** What came of planning for a destination. */
export interface Planned {
  readonly begun: readonly number[];
  readonly again: Again;
  /** All that was due turned out to be finished. */
  readonly isClearing: boolean;
  readonly passed: Passed | null;
}

interface Entry {
  awake: boolean;
  inFlight: Set<number>;
  isClearing: boolean;
  passed: Passed | null;
  /** Not planned before this, whoever wakes it, unless an outcome of its own comes in. */
  notBefore: Instant;
  cancel: () => void;
}

/** No sleep is longer: a clock that is set, or a wake-up that was lost, costs no more than this. */
const LONGEST_SLEEP_MS = MINUTE_MS;
const RETRY_MS = SECOND_MS;

/**
 * Knows for each destination what is in flight and when there may be something to begin. A plan that fails is tried
 * again for one destination at a time, so that only the one whose fault it is waits.
 */
export class Agenda {
  readonly #clock: Clock;
  readonly #somethingToDo: () => void;
  readonly #entries = new Map<string, Entry>();
  /** Those of a plan that failed, to be tried alone. */
  readonly #suspects = new Set<string>();
  #isResting = true;

  constructor(clock: Clock, somethingToDo: () => void) {
    this.#clock = clock;
    this.#somethingToDo = somethingToDo;
  }

  get isAwake(): boolean {
    return !this.#isResting && [...this.#entries.values()].some(({ awake }) => awake);
  }

  /** These and no others from now on. What is in flight keeps its place, also where its destination changed. */
  follow(destinations: Iterable<string>): void {
    const names = new Set(destinations);
    for (const [name, entry] of this.#entries) {
      if (names.has(name)) continue;
      entry.cancel();
      this.#entries.delete(name);
      this.#suspects.delete(name);
    }
    for (const name of names) {
      if (!this.#entries.has(name)) this.#entries.set(name, newEntry());
      // Whoever plans from now on may want other steps.
      Object.assign(this.#entries.get(name)!, { notBefore: 0, passed: null });
      this.wake(name);
    }
  }

  start(): void {
    this.#isResting = false;
    for (const name of this.#entries.keys()) this.wake(name);
  }

  rest(): void {
    this.#isResting = true;
    for (const entry of this.#entries.values()) {
      entry.awake = false;
      entry.cancel();
    }
  }

  /** There may be something to begin. */
  wake(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined || this.#isResting || this.#mustWait(entry)) return;
    entry.awake = true;
    this.#somethingToDo();
  }

  /** Whether the attempt was handed out here and its outcome is awaited. */
  isInFlight(name: string, attempt: number): boolean {
    return this.#entries.get(name)?.inFlight.has(attempt) === true;
  }

  /** Whom this turn may begin something for: those who are awake and those who `woken` would wake. */
  round(woken: ReadonlySet<string>, ended: ReadonlyMap<string, ReadonlySet<number>>): ReadonlyMap<string, Place> {
    const places = new Map<string, Place>();
    if (this.#isResting) return places;
    for (const [name, entry] of this.#entries) {
      const over = ended.get(name);
      const isDue = over !== undefined || (!this.#mustWait(entry) && (entry.awake || woken.has(name)));
      if (!isDue) continue;
      const inFlight = over === undefined ? entry.inFlight : entry.inFlight.difference(over);
      places.set(name, { inFlight, isClearing: entry.isClearing, passed: entry.passed });
    }
    const suspect = [...places].find(([name]) => this.#suspects.has(name));
    return suspect === undefined ? places : new Map([suspect]);
  }

  /** Outcomes of these attempts are committed: their places are free. */
  ended(name: string, attempts: ReadonlySet<number>): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.inFlight = entry.inFlight.difference(attempts);
    entry.notBefore = 0;
  }

  /** A plan for it is committed. */
  planned(name: string, { begun, again, isClearing, passed }: Planned): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#suspects.delete(name);
    entry.isClearing = isClearing;
    entry.passed = passed;
    for (const attempt of begun) entry.inFlight.add(attempt);
    switch (again.kind) {
      case "at_once":
        entry.notBefore = 0;
        return this.wake(name);
      case "when_due":
        return this.#sleep(name, entry, again.at, 0);
      case "not_before":
        return this.#sleep(name, entry, again.at, again.at);
      case "after_outcome":
        return this.#sleep(name, entry, Infinity, Infinity);
    }
  }

  /** A plan for these could not be made or committed. */
  failed(names: readonly string[]): void {
    if (names.length > 1) {
      for (const name of names) {
        this.#suspects.add(name);
        this.wake(name);
      }
      return;
    }
    for (const name of names) {
      const entry = this.#entries.get(name);
      this.#suspects.delete(name);
      if (entry === undefined) continue;
      const at = this.#clock.now() + RETRY_MS;
      this.#sleep(name, entry, at, at);
    }
  }

  #mustWait({ notBefore }: Entry): boolean {
    return this.#clock.now() < notBefore;
  }

  #sleep(name: string, entry: Entry, until: Instant | null, notBefore: Instant): void {
    entry.awake = false;
    entry.notBefore = notBefore;
    entry.cancel();
    if (until === null || this.#isResting) return;
    const waitMs = Math.min(LONGEST_SLEEP_MS, Math.max(1, until - this.#clock.now()));
    entry.cancel = this.#clock.after(waitMs, () => {
      entry.notBefore = 0;
      this.wake(name);
    });
  }
}

function newEntry(): Entry {
  return {
    awake: false,
    inFlight: new Set(),
    isClearing: false,
    passed: null,
    notBefore: 0,
    cancel: () => {},
  };
}
