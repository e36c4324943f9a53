import { DAY_MS, type Instant } from "../core/time.ts";
import type { Page, Surveyed, TimeRange } from "../wazuh/indexer/client.ts";
import type { IndexerFailure, ViewLost } from "../wazuh/indexer/indexer-failure.ts";
import {
  advanced,
  BUCKET_MS,
  bucketOf,
  forgetFrom,
  lookedOver,
  readIndexerBookmark,
  writeIndexerBookmark,
  type IndexerBookmark,
} from "./indexer-bookmark.ts";
import { wordsOfIndexer, type IndexerTrouble } from "./indexer-event.ts";
import { CATCH_UP_MS, INDEXER_LIMITS, type IndexerLimits, type IndexerSourceOptions } from "./indexer-options.ts";
import { judgeHits, refuseHit, type Tally } from "./indexer-reading.ts";
import { SeenDocuments } from "./indexer-seen.ts";
import type { Source, SourceStatus } from "./source.ts";
import { TailWatermark } from "./tail-watermark.ts";

/** Reads the alerts that a Wazuh indexer has, in the order of their times, and looks again for those that came late. */
export function createIndexerSource(options: IndexerSourceOptions): Source {
  return new IndexerSource(options);
}

/** How a look ended. */
type Ended =
  /** All that was visible when it began is stored. */
  | { readonly kind: "at_end" }
  /** There is more behind what was read. */
  | { readonly kind: "more" }
  /** The view was lost: the next look goes on from the bookmark, in another one. */
  | { readonly kind: "lost" }
  | { readonly kind: "stopped" }
  | { readonly kind: "trouble"; readonly trouble: IndexerTrouble; readonly retryAfterMs: number | null };

const AT_END: Ended = { kind: "at_end" };
const MORE: Ended = { kind: "more" };
const LOST: Ended = { kind: "lost" };
const STOPPED: Ended = { kind: "stopped" };
/** One restart of the indexer loses one view. */
const LOST_MOST = 3;
const LOST_AGAIN: Extract<Ended, { kind: "trouble" }> = {
  kind: "trouble",
  trouble: {
    kind: "not_read",
    says: "the Wazuh indexer loses its points in time as soon as they are open; look whether it restarts again and again, and whether all nodes behind the url are of one cluster",
  },
  retryAfterMs: null,
};
const NOTHING: Tally = { read: 0, ignored: 0, malformed: 0, quarantine: [], alerts: [] };

class IndexerSource implements Source {
  readonly name: string;
  readonly heldBackMs: number;
  readonly #options: IndexerSourceOptions;
  readonly #limits: IndexerLimits;
  readonly #seen = new SeenDocuments();
  readonly #watermark = new TailWatermark();
  #phase: "new" | "running" | "stopped" = "new";
  #bookmark: IndexerBookmark = { sinceAt: 0, readAt: null, counts: new Map() };
  /** Whether the database knows where to go on. */
  #isPlaced = false;
  #isAtEnd = false;
  #hasLooked = false;
  #trouble: IndexerTrouble | null = null;
  #retryMs = 0;
  /** Until then what the indexer lacks may still be on its way to it. */
  #catchesUpUntil: Instant = 0;
  #lookedLateAt: Instant = 0;
  #lostInARow = 0;
  #pageSize: number;
  #handover: Promise<unknown> = Promise.resolve();
  #cancelPause: () => void = () => {};

  constructor(options: IndexerSourceOptions) {
    this.name = options.name;
    this.heldBackMs = options.overlapMs;
    this.#options = options;
    this.#limits = { ...INDEXER_LIMITS, ...options.limits };
    this.#pageSize = this.#limits.pageSize;
  }

  start(cursor: string | null): void {
    if (this.#phase !== "new") throw new Error(`source ${this.name} was started before`);
    this.#phase = "running";
    const { observe = () => {}, wazuh } = this.#options;
    if (wazuh === 5) observe({ kind: "experimental" });
    const stored = readIndexerBookmark(cursor);
    if (cursor !== null && stored === null) observe({ kind: "bookmark_unreadable" });
    this.#isPlaced = stored !== null;
    const bookmark = stored ?? { ...this.#bookmark, sinceAt: this.#firstAt() };
    this.#bookmark = forgetFrom(bookmark, fromOf(bookmark, this.#options.overlapMs));
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
      this.#look().then(
        (ended) => this.#ended(ended),
        (bug: unknown) => {
          throw bug;
        },
      );
    });
  }

  #ended(ended: Ended): void {
    if (!this.#isRunning()) return;
    this.#hasLooked = true;
    this.#isAtEnd = ended.kind === "at_end";
    switch (ended.kind) {
      case "at_end":
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
  #troubled({ trouble, retryAfterMs }: Extract<Ended, { kind: "trouble" }>): number {
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

  async #look(): Promise<Ended> {
    const { clock, indexer, overlapMs, lateMs, url, index } = this.#options;
    if (!this.#isPlaced) {
      const refused = await this.#store(NOTHING, this.#bookmark, null);
      if (refused !== null) return refused;
    }
    const now = clock.now();
    const from = fromOf(this.#bookmark, overlapMs);
    const lateFrom = Math.max(this.#bookmark.sinceAt, bucketOf(now - lateMs));
    const looksForLate = this.#isTimeForLate(now) && lateFrom < from;
    const surveyed = await indexer.survey({ from: looksForLate ? lateFrom : from });
    if (!this.#isRunning()) return STOPPED;
    if (surveyed.kind === "failed") return troubleOf(surveyed);
    if (!surveyed.isThere) return { kind: "trouble", trouble: { kind: "no_index", index, url }, retryAfterMs: null };
    if (surveyed.indices.length === 0) return this.#reachedEnd(now);
    const part = await this.#partOf(surveyed, from, now);
    if (part.kind === "failed") return troubleOf(part);
    const view = await indexer.openView(part.indices);
    if (view.kind === "failed") return troubleOf(view);
    try {
      const ended = await this.#readPart(view.id, from, part, now);
      if (ended.kind !== "at_end") return ended;
      const late = looksForLate ? await this.#lookForLate(view.id, lateFrom) : AT_END;
      return late.kind === "at_end" ? this.#reachedEnd(now) : late;
    } finally {
      // Nobody waits for it: what is not given back goes by itself.
      void indexer.closeView(view.id);
    }
  }

  async #readPart(view: string, from: Instant, { before }: Part, lookedAt: Instant): Promise<Ended> {
    const ended = await this.#read(view, { from, ...(before !== null && { before }) }, lookedAt);
    if (ended.kind !== "at_end") return ended;
    if (before === null) return AT_END;
    // All of it was read, and what follows may be far away.
    return (await this.#store(NOTHING, { ...this.#bookmark, readAt: before }, null)) ?? MORE;
  }

  #reachedEnd(lookedAt: Instant): Ended {
    const { overlapMs } = this.#options;
    if (lookedAt >= this.#catchesUpUntil) this.#watermark.noteEnd(lookedAt - overlapMs);
    this.#well();
    return AT_END;
  }

  #isTimeForLate(now: Instant): boolean {
    // A clock that was set back must not keep it for as long as it was set back.
    return now - this.#lookedLateAt >= this.#limits.lateLookMs || now < this.#lookedLateAt;
  }

  /** Far behind, it reads day by day: a point in time over all indices of a year would take more than there is. */
  async #partOf({ indices, oldestAt }: Surveyed, from: Instant, now: Instant): Promise<Part | IndexerFailure> {
    const { indexer } = this.#options;
    const begins = Math.max(from, oldestAt ?? from);
    const before = begins + DAY_MS;
    if (indices.length <= this.#limits.indicesAtOnce || before >= now) return { kind: "part", indices, before: null };
    const surveyed = await indexer.survey({ from: begins, before });
    if (surveyed.kind === "failed") return surveyed;
    // Those that came meanwhile are for the next look.
    return surveyed.indices.length === 0
      ? { kind: "part", indices: indices.slice(0, 1), before }
      : { kind: "part", indices: surveyed.indices, before };
  }

  /** All of the view that is not older is read: where it has more documents than that, some of them came late. */
  async #lookForLate(view: string, from: Instant): Promise<Ended> {
    const { clock, indexer } = this.#options;
    const counted = await indexer.counts(view, { from }, BUCKET_MS);
    if (counted.kind === "lost") return LOST;
    if (counted.kind === "failed") return troubleOf(counted);
    for (const [bucket, count] of counted.byStart) {
      if (this.#bookmark.counts.get(bucket) === count) continue;
      const ended = await this.#read(view, { from: Math.max(bucket, from), before: bucket + BUCKET_MS }, null);
      if (ended.kind !== "at_end") return ended;
      // Whether or not the number was right: it is the same next time, unless something has come.
      const refused = await this.#store(NOTHING, lookedOver(this.#bookmark, bucket, count), null);
      if (refused !== null) return refused;
    }
    this.#lookedLateAt = clock.now();
    return AT_END;
  }

  /** Reads what the view has of that time, to its end. `lookedAt` is null where it reads for the second time. */
  async #read(view: string, range: TimeRange, lookedAt: Instant | null): Promise<Ended> {
    let after: Page["after"] = null;
    for (;;) {
      if (!this.#isRunning()) return STOPPED;
      const size = this.#pageSize;
      const page = await this.#page({ view, after, size, ...range });
      if (page.kind === "failed") return troubleOf(page);
      if (page.kind === "lost") return LOST;
      if (page.kind === "smaller") continue;
      const { tally, hits } = page;
      const refused = await this.#take(hits, tally, lookedAt);
      if (refused !== null) return refused;
      // How many there are is not believed: a page that brings nothing new is the end, unless it is full.
      if (page.after === null || (page.count < size && hits.length === 0)) return AT_END;
      after = page.after;
      this.#pageSize = Math.min(this.#limits.pageSize, 2 * size);
    }
  }

  /** The documents of a page that are new, judged. */
  async #page(
    wanted: TimeRange & { readonly view: string; readonly after: Page["after"]; readonly size: number },
  ): Promise<Judged | { readonly kind: "smaller" } | ViewLost | IndexerFailure> {
    const { indexer, judge, wazuh, clock } = this.#options;
    const page = await indexer.page(wanted);
    if (page.kind === "lost" || page.kind === "failed") return page;
    if (page.kind === "page") {
      const hits = page.hits.filter((hit) => !this.#seen.has(hit));
      const tally = judgeHits(hits, { judge, wazuh, now: clock.now() });
      return { kind: "judged", hits, tally, count: page.hits.length, after: page.after };
    }
    if (wanted.size > 1) {
      this.#pageSize = Math.ceil(wanted.size / 8);
      return { kind: "smaller" };
    }
    // One that alone is too large is passed by, and said so.
    const bare = await indexer.page({ ...wanted, bare: true });
    if (bare.kind === "too_large") throw new Error("a document without its contents is too large");
    if (bare.kind !== "page") return bare;
    const hits = bare.hits.filter((hit) => !this.#seen.has(hit));
    const [first] = hits;
    return {
      kind: "judged",
      hits,
      tally: first === undefined ? NOTHING : refuseHit(first),
      count: bare.hits.length,
      after: bare.after,
    };
  }

  async #take(hits: Judged["hits"], tally: Tally, lookedAt: Instant | null): Promise<Ended | null> {
    if (hits.length === 0) return null;
    const { clock, lateMs, overlapMs } = this.#options;
    const now = clock.now();
    const newest = hits.at(-1)?.at ?? null;
    // A clock that is years ahead must not take us there, past whatever comes until then.
    const readAt = lookedAt === null || newest === null ? null : Math.min(newest, lookedAt);
    const times = lookedAt === null ? [] : hits.flatMap(({ at }) => at ?? []);
    const bookmark = advanced(this.#bookmark, times, readAt, now - lateMs);
    const upTo = readAt === null ? null : readAt - overlapMs;
    const refused = await this.#store(tally, bookmark, upTo);
    if (refused !== null) return refused;
    if (lookedAt !== null) {
      this.#seen.add(hits, now);
      this.#seen.forgetBefore(fromOf(bookmark, overlapMs));
    }
    if (upTo !== null) this.#watermark.noteLines(upTo);
    this.#well();
    return null;
  }

  /** Null: it is stored, and the place with it. */
  async #store(tally: Tally, bookmark: IndexerBookmark, watermarkAt: Instant | null): Promise<Ended | null> {
    if (!this.#isRunning()) return STOPPED;
    const { accept, clock } = this.#options;
    const cursor = writeIndexerBookmark(bookmark);
    const stored = accept({ kind: "accept", source: this.name, cursor, ...tally, watermarkAt });
    this.#handover = stored.catch(() => {});
    try {
      await stored;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      // It could go on, and waits for nobody but the Writer.
      this.#watermark.noteWell(clock.now());
      return { kind: "trouble", trouble: { kind: "documents_not_stored", why }, retryAfterMs: null };
    }
    this.#bookmark = bookmark;
    this.#isPlaced = true;
    return null;
  }
}

/** What is read in one view. */
interface Part {
  readonly kind: "part";
  readonly indices: readonly string[];
  /** Null: to the end. */
  readonly before: Instant | null;
}

interface Judged {
  readonly kind: "judged";
  readonly hits: Page["hits"];
  readonly tally: Tally;
  /** With those that were known. */
  readonly count: number;
  readonly after: Page["after"];
}

/** Where a look begins. */
function fromOf({ sinceAt, readAt }: IndexerBookmark, overlapMs: number): Instant {
  return readAt === null ? sinceAt : Math.max(sinceAt, readAt - overlapMs);
}

function troubleOf({ says, retryAfterMs }: IndexerFailure): Ended {
  return { kind: "trouble", trouble: { kind: "not_read", says }, retryAfterMs };
}
