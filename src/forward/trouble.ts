import { MINUTE_MS, type Instant } from "../core/time.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../ports/clock.ts";
import type { Waits } from "./answer.ts";

export interface TroubleOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** What is to be said of the file that is read, each time something is said. */
  readonly reading: () => { readonly trouble: string | null; readonly behindBytes: number | null };
}

/** Why alerts wait: told once when that begins, each minute for as long as it lasts, and once when it is over. */
export class Trouble {
  readonly #options: TroubleOptions;
  #current: { readonly what: Pick<Waits, "why" | "says">; readonly since: Instant; readonly tries: number } | null =
    null;
  #cancel: (() => void) | null = null;

  constructor(options: TroubleOptions) {
    this.#options = options;
  }

  get says(): string | null {
    return this.#current?.what.says ?? null;
  }

  /** From now on it is looked each minute whether there is something to say. */
  start(): void {
    this.#cancel = this.#options.clock.after(MINUTE_MS, () => {
      this.#tellAgain();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  begin(what: Pick<Waits, "why" | "says">): void {
    const before = this.#current;
    this.#current = { what, since: before?.since ?? this.#options.clock.now(), tries: (before?.tries ?? 0) + 1 };
    if (before?.what.why !== what.why) this.#tell(what);
  }

  end(): void {
    if (this.#current === null) return;
    const { since, tries } = this.#current;
    this.#current = null;
    this.#options.log.info({ tries, lastedMs: this.#options.clock.now() - since }, "the server takes alerts again");
  }

  #tell({ why, says }: Pick<Waits, "why" | "says">): void {
    const { log } = this.#options;
    if (why === "unauthorised") log.error({ trouble: says }, "the server does not let this sender in; alerts wait");
    else if (why === "wrong_place") log.error({ trouble: says }, "this is not how Riposte answers; alerts wait");
    else log.warn({ trouble: says }, "the server can't be reached or asks to wait; alerts wait");
  }

  #tellAgain(): void {
    const { log, clock, reading } = this.#options;
    const { trouble: source, behindBytes } = reading();
    if (this.#current === null && source === null) return;
    const { what, since, tries } = this.#current ?? { what: null, since: null, tries: 0 };
    const forMs = since === null ? null : clock.now() - since;
    const say = what === null || what.why === "trouble" ? log.warn : log.error;
    say.call(log, { server: what?.says ?? null, forMs, tries, source, behindBytes }, "alerts wait");
  }
}
