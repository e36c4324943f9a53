import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

/** What was seen, until it need not be known any more. */
export class Remembered<Value> {
  readonly #clock: Pick<Clock, "now">;
  readonly #most: number;
  readonly #known = new Map<string, { readonly value: Value; readonly until: Instant }>();

  constructor(clock: Pick<Clock, "now">, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  get(key: string): Value | undefined {
    const found = this.#known.get(key);
    return found === undefined || found.until <= this.#clock.now() ? undefined : found.value;
  }

  /** Forgets what is over, and the oldest where there are too many. */
  put(key: string, value: Value, until: Instant): void {
    if (this.#known.size >= this.#most) {
      const now = this.#clock.now();
      for (const [each, of] of this.#known) if (of.until <= now) this.#known.delete(each);
      for (const oldest of this.#known.keys()) {
        if (this.#known.size < this.#most) break;
        this.#known.delete(oldest);
      }
    }
    this.#known.delete(key);
    this.#known.set(key, { value, until });
  }

  forget(key: string): void {
    this.#known.delete(key);
  }

  /** Whether nothing more can be remembered without forgetting what is not over yet. */
  isFull(): boolean {
    if (this.#known.size < this.#most) return false;
    const now = this.#clock.now();
    return [...this.#known.values()].every(({ until }) => until > now);
  }
}
