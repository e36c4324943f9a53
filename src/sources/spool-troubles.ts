import { HOUR_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import { wordsOfSpool, type SpoolEvent } from "./spool-event.ts";

/** The kinds that last until something changes; the others are over when they are told. */
type Lasting = "not_stored" | "folder_missing" | "folder_unusable" | "file_waits" | "file_stays";
type LastingEvent = Extract<SpoolEvent, { kind: Lasting }>;

const WORST_FIRST: readonly Lasting[] = ["not_stored", "folder_missing", "folder_unusable", "file_waits", "file_stays"];
/** What can't be mended any more stays in the status for this long. */
const NOTED_FOR_MS = HOUR_MS;

/** What is wrong with a spool: told once when it begins and once when all is over, and in the status while it lasts. */
export class SpoolTroubles {
  readonly #observe: (event: SpoolEvent) => void;
  readonly #clock: Clock;
  readonly #lasting = new Map<Lasting, LastingEvent>();
  #noted: { readonly event: SpoolEvent; readonly at: Instant } | null = null;

  constructor(observe: (event: SpoolEvent) => void, clock: Clock) {
    this.#observe = observe;
    this.#clock = clock;
  }

  has(kind: Lasting): boolean {
    return this.#lasting.has(kind);
  }

  /** A hundred files with one trouble are one trouble. */
  begin(event: LastingEvent): void {
    const before = this.#lasting.get(event.kind);
    this.#lasting.set(event.kind, event);
    const isOneOfMany = event.kind === "file_waits" || event.kind === "file_stays";
    const isNews = before === undefined || (!isOneOfMany && wordsOfSpool(before) !== wordsOfSpool(event));
    if (isNews) this.#observe(event);
  }

  end(...kinds: readonly Lasting[]): void {
    const ended = kinds.filter((kind) => this.#lasting.delete(kind));
    if (ended.length > 0 && this.#lasting.size === 0) this.#observe({ kind: "well" });
  }

  /** Whoever fills a directory with rubbish must not fill the log as well. */
  note(event: Extract<SpoolEvent, { kind: "file_rejected" }>): void {
    const now = this.#clock.now();
    const isNews = this.#noted === null || Math.abs(now - this.#noted.at) > NOTED_FOR_MS;
    this.#noted = { event, at: now };
    if (isNews) this.#observe(event);
  }

  words(): string | null {
    const [worst] = WORST_FIRST.flatMap((kind) => this.#lasting.get(kind) ?? []);
    if (worst !== undefined) return wordsOfSpool(worst);
    if (this.#noted === null || this.#clock.now() - this.#noted.at > NOTED_FOR_MS) return null;
    return wordsOfSpool(this.#noted.event);
  }
}
