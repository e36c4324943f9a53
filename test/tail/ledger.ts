import type { AcceptInput } from "../../src/core/input.ts";
import type { Accept } from "../../src/sources/source.ts";

/** Takes stretches in memory, as a Writer would: late or not at all where a test says so. */
export class Ledger {
  readonly stretches: AcceptInput[] = [];
  /** Handed over and not answered. */
  readonly waiting: {
    readonly input: AcceptInput;
    readonly store: () => void;
    readonly refuse: (error: Error) => void;
  }[] = [];
  isSlow = false;
  /** Refuses everything while set. */
  trouble: Error | null = null;
  /** Stretches that were handed over, whatever became of them. */
  offered = 0;
  readonly #arrivals: (() => void)[] = [];

  readonly accept: Accept = (input) => {
    this.offered += 1;
    for (const arrived of this.#arrivals.splice(0)) arrived();
    if (this.trouble !== null) return Promise.reject(this.trouble);
    if (!this.isSlow) {
      this.stretches.push(input);
      return Promise.resolve();
    }
    return new Promise<void>((resolve, reject) => {
      const store = (): void => {
        this.stretches.push(input);
        resolve();
      };
      this.waiting.push({ input, store, refuse: reject });
    });
  };

  get cursor(): string | null {
    return this.stretches.at(-1)?.cursor ?? null;
  }
  /** Wazuh's ids of the alerts that are stored, in order. */
  get ids(): readonly string[] {
    return this.stretches.flatMap((stretch) => stretch.alerts.map((alert) => alert.identity.nativeId));
  }
  get totals(): { readonly read: number; readonly ignored: number; readonly malformed: number; readonly kept: number } {
    const totals = { read: 0, ignored: 0, malformed: 0, kept: 0 };
    for (const { read, ignored, malformed, alerts } of this.stretches) {
      totals.read += read;
      totals.ignored += ignored;
      totals.malformed += malformed;
      totals.kept += alerts.length;
    }
    return totals;
  }

  /** Answers what waits, the oldest first. */
  storeNext(): void {
    this.waiting.shift()?.store();
  }

  /** Resolves once something is handed over. */
  arrival(): Promise<void> {
    return new Promise((resolve) => this.#arrivals.push(resolve));
  }
}
