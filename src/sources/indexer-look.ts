import { DAY_MS, type Instant } from "../core/time.ts";
import type { Page, Surveyed, TimeRange } from "../wazuh/indexer/client.ts";
import type { IndexerFailure } from "../wazuh/indexer/indexer-failure.ts";
import { advanced, BUCKET_MS, bucketOf, fromOf, lookedOver, type IndexerBookmark } from "./indexer-bookmark.ts";
import { AT_END, inTrouble, LOST, MORE, notRead, STOPPED, type Ended } from "./indexer-ended.ts";
import type { IndexerLimits, IndexerSourceOptions } from "./indexer-options.ts";
import { IndexerPages, type Judged } from "./indexer-pages.ts";
import { NOTHING, type Tally } from "./indexer-reading.ts";
import { SeenDocuments } from "./indexer-seen.ts";

/** What looking needs of the source that it is for. */
export interface LookDesk {
  isRunning(): boolean;
  /** Hands it to the Writer; null: it is stored, and the place with it. */
  hand(tally: Tally, bookmark: IndexerBookmark, watermarkAt: Instant | null): Promise<Ended | null>;
  /** Something new is stored, up to this event time where it is known. */
  noteRead(upTo: Instant | null): void;
}

/** Looks at an indexer again and again, each time from where the last look ended. */
export class IndexerLook {
  readonly #options: IndexerSourceOptions;
  readonly #limits: IndexerLimits;
  readonly #desk: LookDesk;
  readonly #seen = new SeenDocuments();
  readonly #pages: IndexerPages;
  #bookmark: IndexerBookmark;
  /** Whether the database knows where to go on. */
  #isPlaced: boolean;
  #lookedLateAt: Instant = 0;

  constructor(
    options: IndexerSourceOptions,
    limits: IndexerLimits,
    desk: LookDesk,
    place: { readonly bookmark: IndexerBookmark; readonly isStored: boolean },
  ) {
    this.#options = options;
    this.#limits = limits;
    this.#desk = desk;
    this.#pages = new IndexerPages(options, this.#seen, limits.pageSize);
    this.#bookmark = place.bookmark;
    this.#isPlaced = place.isStored;
  }

  /** Stores all that is visible now, with the place behind it. */
  async look(): Promise<Ended> {
    const { clock, indexer, overlapMs, lateMs, url, index } = this.#options;
    const placed = this.#isPlaced ? null : await this.#store(NOTHING, this.#bookmark, null);
    if (placed !== null) return placed;
    const now = clock.now();
    const from = fromOf(this.#bookmark, overlapMs);
    const lateFrom = Math.max(this.#bookmark.sinceAt, bucketOf(now - lateMs));
    const looksForLate = this.#isTimeForLate(now) && lateFrom <= from;
    const surveyed = await indexer.survey({ from: looksForLate ? lateFrom : from });
    if (!this.#desk.isRunning()) return STOPPED;
    if (surveyed.kind === "failed") return notRead(surveyed);
    if (!surveyed.isThere) return inTrouble({ kind: "no_index", index, url });
    if (surveyed.indices.length === 0) return AT_END;
    const part = await this.#partOf(surveyed, from, now);
    if (part.kind === "failed") return notRead(part);
    const view = await indexer.openView(part.indices);
    if (view.kind === "failed") return notRead(view);
    try {
      const ended = await this.#readPart(view.id, from, part, now);
      if (ended.kind !== "at_end") return ended;
      return looksForLate ? await this.#lookForLate(view.id, lateFrom) : AT_END;
    } finally {
      await indexer.closeView(view.id);
    }
  }

  async #readPart(view: string, from: Instant, { before }: Part, lookedAt: Instant): Promise<Ended> {
    // What is dated ahead would be met again at every look until its time has come: it is found by counting.
    const end = before ?? lookedAt + this.#options.overlapMs;
    const ended = await this.#read(view, { from, before: end }, lookedAt);
    if (ended.kind !== "at_end") return ended;
    if (before === null) return AT_END;
    // All of it was read, and what follows may be far away.
    return (await this.#store(NOTHING, { ...this.#bookmark, readAt: before }, null)) ?? MORE;
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
    if (counted.kind === "failed") return notRead(counted);
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
      if (!this.#desk.isRunning()) return STOPPED;
      const page = await this.#pages.next({ view, after, ...range });
      if (page.kind === "failed") return notRead(page);
      if (page.kind === "lost") return LOST;
      const refused = await this.#take(page, lookedAt);
      if (refused !== null) return refused;
      if (page.isLast) return AT_END;
      after = page.after;
    }
  }

  async #take({ hits, tally }: Judged, lookedAt: Instant | null): Promise<Ended | null> {
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
    this.#desk.noteRead(upTo);
    return null;
  }

  async #store(tally: Tally, bookmark: IndexerBookmark, watermarkAt: Instant | null): Promise<Ended | null> {
    const refused = await this.#desk.hand(tally, bookmark, watermarkAt);
    if (refused !== null) return refused;
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
