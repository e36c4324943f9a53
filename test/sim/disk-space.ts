import type { SimTime } from "./sim-time.ts";

/** Whether there is room on the database's disk: for up to a minute now and then there is none. */
export class DiskSpace {
  readonly #time: SimTime;
  readonly #full: { readonly from: number; readonly until: number }[] = [];

  constructor(time: SimTime) {
    this.#time = time;
  }

  fillFor(ms: number): void {
    this.#full.push({ from: this.#time.now, until: this.#time.now + ms });
  }

  freeUp(): void {
    this.#full.length = 0;
  }

  isFull(): boolean {
    return this.wasFull(this.#time.now, this.#time.now);
  }

  /** Whether there was an instant without room between the two. */
  wasFull(from: number, until: number): boolean {
    return this.#full.some((window) => window.from <= until && from < window.until);
  }
}
