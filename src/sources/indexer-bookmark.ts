import { MINUTE_MS, type Instant } from "../core/time.ts";

/** How much time is looked over again at once where a document came late. */
export const BUCKET_MS = 5 * MINUTE_MS;

/** More than there are in the longest time that is looked over. */
const BUCKETS_MOST = 2_500;

/** How far the indexer was read. */
export interface IndexerBookmark {
  /** Whatever is older than this nobody asked for. */
  readonly sinceAt: Instant;
  /** Event time of the newest document that was read; null: none yet. */
  readonly readAt: Instant | null;
  /** How many documents were read of each stretch of `BUCKET_MS`, by its start. One that is missing is not known. */
  readonly counts: ReadonlyMap<Instant, number>;
}

export function bucketOf(at: Instant): Instant {
  return Math.floor(at / BUCKET_MS) * BUCKET_MS;
}

/** Where a look begins. */
export function fromOf({ sinceAt, readAt }: IndexerBookmark, overlapMs: number): Instant {
  return readAt === null ? sinceAt : Math.max(sinceAt, readAt - overlapMs);
}

/** These documents were read for the first time, in the order of their times, up to `readAt`. */
export function advanced(
  before: IndexerBookmark,
  times: readonly Instant[],
  readAt: Instant | null,
  keepFrom: Instant,
): IndexerBookmark {
  const counts = keptFrom(before.counts, keepFrom);
  for (const at of times) counts.set(bucketOf(at), (counts.get(bucketOf(at)) ?? 0) + 1);
  // A document that was found late takes nothing back.
  const newest = readAt === null ? before.readAt : Math.max(before.readAt ?? readAt, readAt);
  return { ...before, readAt: newest, counts };
}

/** All that one stretch had then was read. */
export function lookedOver(before: IndexerBookmark, bucket: Instant, count: number): IndexerBookmark {
  return { ...before, counts: new Map(before.counts).set(bucket, count) };
}

/** What was read twice across a restart is counted twice: from there on nothing is known. */
export function forgetFrom(before: IndexerBookmark, at: Instant): IndexerBookmark {
  return { ...before, counts: new Map([...before.counts].filter(([bucket]) => bucket + BUCKET_MS <= at)) };
}

/** Those that are furthest ahead are forgotten first: clocks that are wrong must not make a bookmark without end. */
function keptFrom(counts: IndexerBookmark["counts"], from: Instant): Map<Instant, number> {
  const kept = [...counts].filter(([bucket]) => bucket + BUCKET_MS > from);
  return new Map(kept.length <= BUCKETS_MOST ? kept : kept.toSorted(([a], [b]) => a - b).slice(0, BUCKETS_MOST));
}

export function writeIndexerBookmark({ sinceAt, readAt, counts }: IndexerBookmark): string {
  // By the number of the stretch: this is written with every page.
  return JSON.stringify({ v: 1, sinceAt, readAt, counts: [...counts].map(([at, count]) => [at / BUCKET_MS, count]) });
}

/** Null: there is none, or none that this version can read. */
export function readIndexerBookmark(text: string | null): IndexerBookmark | null {
  if (text === null) return null;
  try {
    const { v, sinceAt, readAt, counts } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (v !== 1 || typeof sinceAt !== "number" || !Array.isArray(counts)) return null;
    if (readAt !== null && typeof readAt !== "number") return null;
    const cells = counts as readonly (readonly [number, number])[];
    return { sinceAt, readAt, counts: new Map(cells.map(([bucket, count]) => [bucket * BUCKET_MS, count])) };
  } catch {
    return null;
  }
}
