import { Buffer } from "node:buffer";
import { SECOND_MS, type Instant } from "../../core/time.ts";
import type { Http, HttpAnswer } from "../../ports/http.ts";
import type { SecretRef, Secrets } from "../../ports/secrets.ts";
import { bucketsOf, hitOf, isWhole, valueOf } from "./answer.ts";
import {
  failed,
  isFields,
  sayPartial,
  sayRefused,
  sayUnreachable,
  sayUnreadable,
  type IndexerFailure,
  type ViewLost,
} from "./indexer-failure.ts";

export interface IndexerSettings {
  /** Without a slash at the end. */
  readonly url: string;
  readonly user: string;
  readonly password: SecretRef;
  /** The pattern of the indices. */
  readonly index: string;
  /** What the documents are: alerts as Wazuh 4 writes them, or findings of Wazuh 5. */
  readonly wazuh: 4 | 5;
}

export interface IndexerOptions {
  readonly settings: IndexerSettings;
  /** Trusts that indexer's certificate, and whatever else the way there needs. */
  readonly http: Http;
  readonly secrets: Secrets;
}

/** By event time; `before` is not part of it. */
export interface TimeRange {
  readonly from: Instant;
  readonly before?: Instant;
}

export interface Surveyed {
  readonly kind: "surveyed";
  /** Whether any index is there at all. */
  readonly isThere: boolean;
  /** Those with documents of that time. */
  readonly indices: readonly string[];
  readonly oldestAt: Instant | null;
  readonly newestAt: Instant | null;
}

/** All documents that could be found at one moment; what comes later is not in it. */
export interface View {
  readonly kind: "view";
  readonly id: string;
  /** By the indexer's clock. */
  readonly openedAt: Instant | null;
}

export interface Hit {
  readonly index: string;
  readonly id: string;
  /** Event time by which it was sorted. */
  readonly at: Instant | null;
  /** Undefined: there is none, or it was not asked for. */
  readonly source: unknown;
}

export interface Page {
  readonly kind: "page";
  readonly hits: readonly Hit[];
  /** Where the next page begins; null after an empty one. */
  readonly after: readonly unknown[] | null;
}

export interface PageWanted extends TimeRange {
  readonly view: string;
  readonly after: readonly unknown[] | null;
  readonly size: number;
  /** Without it the documents come with their contents. */
  readonly bare?: true;
}

/** More than may be held at once: ask for fewer. */
export interface TooLarge {
  readonly kind: "too_large";
}

/** Reads the documents of a Wazuh indexer. Never throws, never waits longer than a call's deadline, and never says a secret. */
export interface Indexer {
  survey(range: TimeRange): Promise<Surveyed | IndexerFailure>;
  openView(indices: readonly string[]): Promise<View | IndexerFailure>;
  /** In the order of event time. How many there are in all is never asked: that number may be wrong. */
  page(wanted: PageWanted): Promise<Page | TooLarge | ViewLost | IndexerFailure>;
  /** How many documents each stretch of `bucketMs` has; one that has none is not in it. */
  counts(
    view: string,
    range: TimeRange,
    bucketMs: number,
  ): Promise<{ readonly kind: "counts"; readonly byStart: ReadonlyMap<Instant, number> } | ViewLost | IndexerFailure>;
  /** What can't be given back goes by itself. */
  closeView(view: string): Promise<void>;
  /** Which roles our user has. */
  roles(): Promise<{ readonly kind: "roles"; readonly roles: readonly string[] } | IndexerFailure>;
}

/** Longer than OpenSearch takes for a page on a busy day. */
const CALL_DEADLINE_MS = 30 * SECOND_MS;
const ANSWER_BYTES_MOST = 16 * 1_024 * 1_024;
const SHORT_ANSWER_BYTES_MOST = 1_024 * 1_024;
/** Counted from the last page that was asked for. */
const KEEP_ALIVE = "2m";
const INDICES_MOST = 1_000;
/** OpenSearch takes 4 KiB for the first line of a request. */
const NAMES_CHARS_MOST = 3_000;

const SEARCH = "reading (indices:data/read/search)";
const OPENING = "opening a point in time (indices:data/read/point_in_time/create)";
const CLOSING = "closing a point in time (indices:data/read/point_in_time/delete)";
const ASKING_ROLES = "asking who we are";

export function openIndexer({ settings, http, secrets }: IndexerOptions): Indexer {
  const { url, wazuh } = settings;
  const timeField = wazuh === 4 ? "timestamp" : "@timestamp";
  const sort = sortOf(settings.wazuh);

  async function call(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body: object | null,
    maxAnswerBytes: number,
  ): Promise<{ readonly answer: HttpAnswer; readonly said: readonly string[] } | IndexerFailure> {
    const read = await secrets.read(settings.password);
    if (read.kind === "unreadable") return failed("secret_unreadable", `the indexer's password: ${read.why}`);
    const login = Buffer.from(`${settings.user}:${read.value}`).toString("base64");
    const answer = await http.request({
      method,
      url: `${url}${path}`,
      headers: {
        authorization: `Basic ${login}`,
        accept: "application/json",
        "user-agent": "Riposte",
        ...(body !== null && { "content-type": "application/json" }),
      },
      body: body === null ? null : JSON.stringify(body),
      deadlineMs: CALL_DEADLINE_MS,
      maxAnswerBytes,
    });
    if (answer.kind === "failed") return sayUnreachable(url, answer);
    const { status } = answer;
    if (status < 300 || status === 401)
      secrets.judged?.(settings.password, read.value, status === 401 ? "refused" : "taken");
    return { answer, said: [read.value, login] };
  }

  async function ask(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body: object | null,
    doing: string,
    maxAnswerBytes = SHORT_ANSWER_BYTES_MOST,
  ): Promise<Answered | TooLarge | ViewLost | IndexerFailure> {
    const called = await call(method, path, body, maxAnswerBytes);
    if ("kind" in called) return called;
    const { answer, said } = called;
    if (answer.status < 200 || answer.status > 299) return sayRefused(url, doing, answer, said);
    if (answer.body === null) return { kind: "too_large" };
    try {
      const parsed: unknown = JSON.parse(answer.body);
      if (isFields(parsed)) return { kind: "answered", fields: parsed };
    } catch {
      // Said below.
    }
    return sayUnreadable(url, doing);
  }

  /** The same where nothing large is asked for and no view can be lost. */
  async function askShort(...of: Parameters<typeof ask>): Promise<Answered | IndexerFailure> {
    const answer = await ask(...of);
    if (answer.kind === "answered" || answer.kind === "failed") return answer;
    return sayUnreadable(url, of[3]);
  }

  async function search(body: object, maxAnswerBytes: number): ReturnType<typeof ask> {
    const answer = await ask("POST", "/_search?allow_partial_search_results=false", body, SEARCH, maxAnswerBytes);
    return answer.kind === "answered" && !isWhole(answer.fields) ? sayPartial(url, SEARCH) : answer;
  }

  const within = ({ from, before }: TimeRange): object => ({
    range: { [timeField]: { gte: from, ...(before !== undefined && { lt: before }), format: "epoch_millis" } },
  });
  const inView = (id: string): object => ({ pit: { id, keep_alive: KEEP_ALIVE } });

  return {
    async survey(range) {
      const path = `/${encodeURIComponent(settings.index)}/_search?ignore_unavailable=true&allow_partial_search_results=false`;
      const aggs = {
        indices: { terms: { field: "_index", size: INDICES_MOST } },
        oldest: { min: { field: timeField } },
        newest: { max: { field: timeField } },
      };
      const body = { size: 0, track_total_hits: false, query: within(range), aggs };
      const answer = await askShort("POST", path, body, SEARCH);
      if (answer.kind === "failed") return answer;
      const { fields } = answer;
      if (!isWhole(fields)) return sayPartial(url, SEARCH);
      const { _shards: shards, aggregations } = fields;
      const isThere = isFields(shards) && typeof shards["total"] === "number" && shards["total"] > 0;
      if (!isThere) return { kind: "surveyed", isThere, indices: [], oldestAt: null, newestAt: null };
      if (!isFields(aggregations)) return sayUnreadable(url, SEARCH);
      const indices = bucketsOf(aggregations["indices"]).flatMap(({ key }) => (typeof key === "string" ? [key] : []));
      const [oldestAt, newestAt] = [valueOf(aggregations["oldest"]), valueOf(aggregations["newest"])];
      return { kind: "surveyed", isThere, indices, oldestAt, newestAt };
    },

    async openView(indices) {
      const names = indices.map((name) => encodeURIComponent(name)).join(",");
      const all = names.length <= NAMES_CHARS_MOST ? names : encodeURIComponent(settings.index);
      const path = `/${all}/_search/point_in_time?keep_alive=${KEEP_ALIVE}&allow_partial_pit_creation=false`;
      const answer = await askShort("POST", path, null, OPENING);
      if (answer.kind === "failed") return answer;
      const { pit_id: id, creation_time: openedAt } = answer.fields;
      if (typeof id !== "string" || id === "") return sayUnreadable(url, OPENING);
      return { kind: "view", id, openedAt: typeof openedAt === "number" ? openedAt : null };
    },

    async page({ view, after, size, bare, ...range }) {
      const body = {
        ...inView(view),
        size,
        track_total_hits: false,
        query: within(range),
        sort,
        ...(after !== null && { search_after: after }),
        ...(bare === true && { _source: false }),
      };
      const answer = await search(body, ANSWER_BYTES_MOST);
      if (answer.kind !== "answered") return answer;
      const { hits } = answer.fields;
      if (!isFields(hits) || !Array.isArray(hits["hits"])) return sayUnreadable(url, SEARCH);
      const read = (hits["hits"] as readonly unknown[]).map(hitOf);
      if (!read.every((each) => each !== null)) return sayUnreadable(url, SEARCH);
      return { kind: "page", hits: read.map(({ hit }) => hit), after: read.at(-1)?.sort ?? null };
    },

    async counts(view, range, bucketMs) {
      const byTime = { date_histogram: { field: timeField, fixed_interval: `${bucketMs}ms`, min_doc_count: 1 } };
      const body = { ...inView(view), size: 0, track_total_hits: false, query: within(range), aggs: { byTime } };
      const answer = await search(body, SHORT_ANSWER_BYTES_MOST);
      if (answer.kind === "too_large") return sayUnreadable(url, SEARCH);
      if (answer.kind !== "answered") return answer;
      const { aggregations } = answer.fields;
      if (!isFields(aggregations)) return sayUnreadable(url, SEARCH);
      const found = bucketsOf(aggregations["byTime"]).flatMap(({ key, doc_count: count }): [Instant, number][] =>
        typeof key === "number" && typeof count === "number" ? [[key, count]] : [],
      );
      return { kind: "counts", byStart: new Map(found) };
    },

    async closeView(view) {
      await askShort("DELETE", "/_search/point_in_time", { pit_id: [view] }, CLOSING);
    },

    async roles() {
      const answer = await askShort("GET", "/_plugins/_security/authinfo", null, ASKING_ROLES);
      if (answer.kind === "failed") return answer;
      const { roles } = answer.fields;
      if (!Array.isArray(roles)) return sayUnreadable(url, ASKING_ROLES);
      return { kind: "roles", roles: roles.filter((role) => typeof role === "string") };
    },
  };
}

interface Answered {
  readonly kind: "answered";
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Alerts are sorted by what makes an alert itself and no other, so that two that tie are one, and it does not matter
 * which of them a page ends with. `_id` can be sorted by only by loading all of them onto the heap; findings are few
 * and have nothing else. Why not otherwise: docs/adr/0014-reading-the-indexer.md.
 */
function sortOf(wazuh: 4 | 5): readonly object[] {
  if (wazuh === 5) return [{ "@timestamp": "asc" }, { _id: "asc" }];
  const others = ["id", "cluster.name", "cluster.node", "manager.name", "rule.id"];
  return [{ timestamp: "asc" }, ...others.map((name) => ({ [name]: { order: "asc", unmapped_type: "keyword" } }))];
}
