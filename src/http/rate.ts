import { SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";

export interface Rate {
  readonly perSecond: number;
  /** How many may come at once after a rest. */
  readonly burst: number;
  /** As many are known at a time: the one who was heard of longest ago goes first, and begins anew. */
  readonly mostKnown: number;
}

interface Bucket {
  readonly left: number;
  readonly at: Instant;
}

/** So many for each, as time passes: a bucket of tokens for whoever is counted. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #clock: Pick<Clock, "now">;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, clock: Pick<Clock, "now">) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Takes one; 0, or how long to wait until there is one again. */
  take(who: string): number {
    const { perSecond, burst, mostKnown } = this.#rate;
    const at = this.#clock.now();
    const known = this.#buckets.get(who) ?? { left: burst, at };
    // A clock that was set back gives nothing and takes nothing.
    const passedMs = Math.max(0, at - known.at);
    const filled = Math.min(burst, known.left + (passedMs / SECOND_MS) * perSecond);
    const left = filled >= 1 ? filled - 1 : filled;
    this.#buckets.delete(who);
    this.#buckets.set(who, { left, at });
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= mostKnown) break;
      this.#buckets.delete(oldest);
    }
    return filled >= 1 ? 0 : Math.ceil(((1 - filled) / perSecond) * SECOND_MS);
  }

  get known(): number {
    return this.#buckets.size;
  }
}

/** For the header: whole seconds, and at least one. */
export function retryAfter(waitMs: number): Readonly<Record<string, string>> {
  return { "Retry-After": String(Math.max(1, Math.ceil(waitMs / SECOND_MS))) };
}
