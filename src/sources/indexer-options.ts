import { HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Indexer } from "../wazuh/indexer/client.ts";
import type { IndexerEvent } from "./indexer-event.ts";
import type { LineJudge } from "./line-judge.ts";
import type { Accept } from "./source.ts";

export interface IndexerSourceOptions {
  readonly name: string;
  readonly indexer: Indexer;
  /** For people. */
  readonly url: string;
  readonly index: string;
  readonly wazuh: 4 | 5;
  readonly start: "end" | "beginning" | { readonly at: Instant };
  /** A document that comes so late is nothing special: each look begins so far before the end of the last. */
  readonly overlapMs: number;
  /** One that comes later is looked for by counting, so far back. */
  readonly lateMs: number;
  readonly clock: Clock;
  readonly accept: Accept;
  readonly judge: LineJudge;
  readonly observe?: (event: IndexerEvent) => void;
  readonly limits?: Partial<IndexerLimits>;
}

export interface IndexerLimits {
  readonly everyMs: number;
  /** Documents asked for at once; fewer where they are too large. */
  readonly pageSize: number;
  readonly lateLookMs: number;
  /** A point in time takes a place on each shard, of which a node has three hundred. */
  readonly indicesAtOnce: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

/** Wazuh's indices show what was put into them five seconds later, at most. */
export const INDEXER_LIMITS: IndexerLimits = {
  everyMs: 2 * SECOND_MS,
  pageSize: 500,
  lateLookMs: MINUTE_MS,
  indicesAtOnce: 40,
  firstRetryMs: SECOND_MS,
  longestRetryMs: MINUTE_MS,
};

/** Filebeat looks for new lines every ten seconds at the latest, and what it sends is visible five seconds later. */
export const USUAL_OVERLAP_MS = 20 * SECOND_MS;
export const USUAL_LATE_MS = 24 * HOUR_MS;

/** After trouble Filebeat tries again within a minute, and what it held back is visible some seconds later. */
export const CATCH_UP_MS = 90 * SECOND_MS;
