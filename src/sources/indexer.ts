import type { Instant } from "../core/time.ts";
import {
  forgetFrom,
  fromOf,
  readIndexerBookmark,
  writeIndexerBookmark,
  type IndexerBookmark,
} from "./indexer-bookmark.ts";
import { inTrouble, STOPPED, type Ended, type EndedInTrouble } from "./indexer-ended.ts";
import { wordsOfIndexer, type IndexerTrouble } from "./indexer-event.ts";
import { IndexerLook, type LookDesk } from "./indexer-look.ts";
import { CATCH_UP_MS, INDEXER_LIMITS, type IndexerLimits, type IndexerSourceOptions } from "./indexer-options.ts";
import type { Tally } from "./indexer-reading.ts";
import type { Source, SourceStatus } from "./source.ts";
import { TailWatermark } from "./tail-watermark.ts";

/** Reads the alerts that a Wazuh indexer has, in the order of their times, and looks again for those that came late. */
export function createIndexerSource(options: IndexerSourceOptions): Source {
  return new IndexerSource(options);
}

/** One restart of the indexer loses one view. */
const LOST_MOST = 3;
const LOST_AGAIN = inTrouble({
  kind: "not_read",
  says: "the Wazuh indexer loses its points in time as soon as they are open; look whether it restarts again and again, and whether all nodes behind the url are of one cluster",
});

class IndexerSource implements Source {
  readonly name: string;
  readonly heldBackMs: number;
  readonly #options: IndexerSourceOptions;
  readonly #limits: IndexerLimits;
  readonly #watermark = new TailWatermark();
  #phase: "new" | "running" | "stopped" = "new";
  #look: IndexerLook | null = null;
  #isAtEnd = false;
  #hasLooked = false;
  #trouble: IndexerTrouble | null = null;
  #retryMs = 0;
  /** Until then what the indexer lacks may still be on its way to it. */
  #catchesUpUntil: Instant = 0;
  #lostInARow = 0;
  #handover: Promise<unknown> = Promise.resolve();
  #cancelPause: () => void = () => {};

  constructor(options: IndexerSourceOptions) {
    this.name = options.name;
    this.heldBackMs = options.overlapMs;
    this.#options = options;
    this.#limits = { ...INDEXER_LIMITS, ...options.limits };
  }

  start(cursor: string | null): void {
    if (this.#phase !== "new") throw new Error(`source ${this.name} was started before`);
    this.#phase = "running";
    const { observe = () => {}, wazuh } = this.#options;
    if (wazuh === 5) observe({ kind: "experimental" });
    const stored = readIndexerBookmark(cursor);
    if (cursor !== null && stored === null) observe({ kind: "bookmark_unreadable" });
    const before = stored ?? { sinceAt: this.#firstAt(), readAt: null, counts: new Map() };
    const bookmark = forgetFrom(before, fromOf(before, this.#options.overlapMs));
    const desk: LookDesk = {
      isRunning: () => this.#isRunning(),
      hand: (tally, place, watermarkAt) => this.#hand(tally, place, watermarkAt),
      noteRead: (upTo) => this.#noteRead(upTo),
    };
    this.#look = new IndexerLook(this.#options, this.#limits, desk, { bookmark, isStored: stored !== null });
    this.#lookIn(0);
  }

  /** A call that is under way is left to itself: nothing that it brings is handed over any more. */
  async drain(): Promise<void> {
    this.#phase = "stopped";
    this.#cancelPause();
    await this.#handover;
  }

  watermark(): ReturnType<Source["watermark"]> {
    return this.#watermark.value;
  }

  status(): SourceStatus {
    const trouble = this.#trouble === null ? null : wordsOfIndexer(this.#trouble);
    return { state: this.#state(), trouble, behindBytes: this.#isAtEnd ? 0 : null };
  }

  #state(): SourceStatus["state"] {
    if (this.#phase === "stopped") return "stopped";
    if (this.#trouble?.kind === "no_index") return "missing";
    if (this.#trouble?.kind === "not_read") return "unreadable";
    if (!this.#hasLooked) return "starting";
    return this.#isAtEnd ? "at_end" : "reading";
  }

  #firstAt(): Instant {
    const { start, clock } = this.#options;
    if (start === "beginning") return 0;
    return start === "end" ? clock.now() : start.at;
  }

  #isRunning(): boolean {
    return this.#phase === "running";
  }

  #lookIn(ms: number): void {
    if (!this.#isRunning()) return;
    this.#cancelPause = this.#options.clock.after(ms, () => {
      const lookedAt = this.#options.clock.now();
      this.#look?.look().then(
        (ended) => this.#ended(ended, lookedAt),
        (bug: unknown) => {
          throw bug;
        },
      );
    });
  }

  #ended(ended: Ended, lookedAt: Instant): void {
    if (!this.#isRunning()) return;
    this.#hasLooked = true;
    this.#isAtEnd = ended.kind === "at_end";
    switch (ended.kind) {
      case "at_end":
        this.#noteEnd(lookedAt);
        return this.#lookIn(this.#limits.everyMs);
      case "more":
        return this.#lookIn(0);
      case "lost":
        this.#lostInARow += 1;
        if (this.#lostInARow < LOST_MOST) return this.#lookIn(0);
        return this.#lookIn(this.#troubled(LOST_AGAIN));
      case "trouble":
        return this.#lookIn(this.#troubled(ended));
      case "stopped":
        return;
    }
  }

  /** How long to wait. */
  #troubled({ trouble, retryAfterMs }: EndedInTrouble): number {
    const { firstRetryMs, longestRetryMs } = this.#limits;
    this.#retryMs = Math.min(Math.max(2 * this.#retryMs, firstRetryMs), longestRetryMs);
    const before = this.#trouble;
    this.#trouble = trouble;
    // The same is told once.
    if (before === null || wordsOfIndexer(before) !== wordsOfIndexer(trouble)) this.#options.observe?.(trouble);
    return Math.min(Math.max(this.#retryMs, retryAfterMs ?? 0), longestRetryMs);
  }

  /** Something new was read and stored, or there is nothing new. */
  #well(): void {
    const { clock, observe } = this.#options;
    const now = clock.now();
    const before = this.#trouble;
    this.#trouble = null;
    this.#retryMs = this.#lostInARow = 0;
    this.#watermark.noteWell(now);
    if (before === null) return;
    observe?.({ kind: "well" });
    if (before.kind === "not_read") this.#catchesUpUntil = now + CATCH_UP_MS;
  }

  #noteEnd(lookedAt: Instant): void {
    const { overlapMs } = this.#options;
    this.#well();
    if (lookedAt >= this.#catchesUpUntil) this.#watermark.noteEnd(lookedAt - overlapMs);
  }

  #noteRead(upTo: Instant | null): void {
    if (upTo !== null) this.#watermark.noteLines(upTo);
    this.#well();
  }

  async #hand(tally: Tally, bookmark: IndexerBookmark, watermarkAt: Instant | null): Promise<Ended | null> {
    if (!this.#isRunning()) return STOPPED;
    const { accept, clock } = this.#options;
    const cursor = writeIndexerBookmark(bookmark);
    const stretch = { kind: "accept", source: this.name, cursor, ...tally, watermarkAt } as const;
    // Inside a promise, so that an `accept` that throws at once refuses no earlier than one that answers.
    const stored = new Promise<unknown>((resolve) => resolve(accept(stretch)));
    // `drain` only waits for its end; the failure is answered below.
    this.#handover = stored.catch(() => {});
    try {
      await stored;
      return null;
    } catch (error) {
      // It could go on, and waits for nobody but the Writer.
      this.#watermark.noteWell(clock.now());
      return inTrouble({ kind: "documents_not_stored", why: error instanceof Error ? error.message : String(error) });
    }
  }
}
