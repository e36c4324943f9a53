// What a search finds: ranges of time, sorting with search_after, and three kinds of aggregations. Whatever else is asked
// for is refused, as OpenSearch refuses what it does not know.
import { isJsonObject, own, type JsonObject } from "../json.ts";

export interface Document {
  readonly index: string;
  readonly id: string;
  readonly source: JsonObject;
  /** From the first refresh after it was put in. */
  readonly visibleAt: number;
}

export class SearchError extends Error {
  override readonly name = "SearchError";
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, reason: string) {
    super(reason);
    this.status = status;
    this.type = type;
  }
}

const WINDOW_MOST = 10_000;
const KNOWN_KEYS = ["size", "track_total_hits", "query", "sort", "search_after", "_source", "aggs"];
/** Of Wazuh's template and Wazuh 5's: the others are keywords. */
const DATES = ["timestamp", "@timestamp"];

type SortValue = number | string | null;

interface SortKey {
  readonly field: string;
  readonly unmapped: boolean;
}

export function search(
  documents: readonly Document[],
  body: JsonObject,
  counts: (truth: number) => number,
): { readonly hits: readonly JsonObject[]; readonly total: number; readonly aggregations: JsonObject | null } {
  const unknown = Object.keys(body).find((key) => !KNOWN_KEYS.includes(key));
  if (unknown !== undefined) throw new SearchError(400, "parsing_exception", `unknown key [${unknown}]`);
  const { size = 10, query, sort, search_after: after, aggs } = body;
  if (typeof size !== "number" || size > WINDOW_MOST)
    throw new SearchError(400, "illegal_argument_exception", "Result window is too large");
  const matching = documents.filter((document) => isWithin(document, query));
  const keys = sortKeysOf(sort);
  for (const { field, unmapped } of keys) {
    const isMapped = field === "_id" || documents.some(({ source }) => valueOf(source, field) !== undefined);
    if (!isMapped && !unmapped && documents.length > 0)
      throw new SearchError(400, "query_shard_exception", `No mapping found for [${field}] in order to sort on`);
  }
  const sorted = matching
    .map((document) => ({ document, values: keys.map(({ field }) => sortValueOf(document, field)) }))
    // Two that tie come in whatever order the shards have them; here the later one first, which nobody may rely on.
    .toReversed()
    .toSorted((a, b) => compare(a.values, b.values));
  const from = sorted.filter(({ values }) => !Array.isArray(after) || compare(values, after as SortValue[]) > 0);
  const hits = from.slice(0, size).map(({ document: { index, id, source }, values }) => ({
    _index: index,
    _id: id,
    _score: null,
    ...(body["_source"] !== false && { _source: source }),
    sort: values,
  }));
  return { hits, total: matching.length, aggregations: isJsonObject(aggs) ? aggregate(matching, aggs, counts) : null };
}

function isWithin({ source }: Document, query: unknown): boolean {
  if (query === undefined || (isJsonObject(query) && "match_all" in query)) return true;
  const range = isJsonObject(query) ? query["range"] : undefined;
  if (!isJsonObject(range)) throw new SearchError(400, "parsing_exception", "unknown query");
  return Object.entries(range).every(([field, bounds]) => {
    if (!isJsonObject(bounds)) throw new SearchError(400, "parsing_exception", "[range] malformed query");
    const { gte, lt, format } = bounds;
    if (format !== "epoch_millis") throw new SearchError(400, "parse_exception", "failed to parse date field");
    const at = dateOf(source, field);
    return at !== null && (gte === undefined || at >= Number(gte)) && (lt === undefined || at < Number(lt));
  });
}

function sortKeysOf(sort: unknown): readonly SortKey[] {
  if (sort === undefined) return [];
  if (!Array.isArray(sort)) throw new SearchError(400, "parsing_exception", "malformed sort format");
  return sort.map((each): SortKey => {
    const [field, how] = isJsonObject(each) ? (Object.entries(each)[0] ?? ["", null]) : [String(each), null];
    // OpenSearch knows it from 3.3 on, which no Wazuh 4 has.
    if (field === "_shard_doc")
      throw new SearchError(400, "query_shard_exception", "No mapping found for [_shard_doc] in order to sort on");
    return { field, unmapped: isJsonObject(how) && typeof how["unmapped_type"] === "string" };
  });
}

function sortValueOf({ id, source }: Document, field: string): SortValue {
  if (field === "_id") return id;
  if (DATES.includes(field)) return dateOf(source, field);
  const value = valueOf(source, field);
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

/** What is missing comes last. */
function compare(a: readonly SortValue[], b: readonly SortValue[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? null;
    if (x === y) continue;
    if (x === null) return 1;
    if (y === null) return -1;
    return x < y ? -1 : 1;
  }
  return 0;
}

function aggregate(documents: readonly Document[], aggs: JsonObject, counts: (truth: number) => number): JsonObject {
  return Object.fromEntries(
    Object.entries(aggs).map(([name, agg]): [string, JsonObject] => {
      const [kind = "", of] = isJsonObject(agg) ? (Object.entries(agg)[0] ?? []) : [];
      if (!isJsonObject(of)) throw new SearchError(400, "parsing_exception", `malformed aggregation [${name}]`);
      const times = documents.flatMap(({ source }) => dateOf(source, String(of["field"])) ?? []);
      switch (kind) {
        case "min":
          return [name, { value: times.length === 0 ? null : Math.min(...times) }];
        case "max":
          return [name, { value: times.length === 0 ? null : Math.max(...times) }];
        case "terms":
          return [
            name,
            {
              buckets: buckets(
                documents.map(({ index }) => index),
                counts,
              ),
            },
          ];
        case "date_histogram": {
          const widthMs = Number(/^(\d+)ms$/.exec(String(of["fixed_interval"]))?.[1]);
          return [
            name,
            {
              buckets: buckets(
                times.map((at) => Math.floor(at / widthMs) * widthMs),
                counts,
              ),
            },
          ];
        }
        default:
          throw new SearchError(400, "parsing_exception", `unknown aggregation type [${kind}]`);
      }
    }),
  );
}

function buckets(keys: readonly (string | number)[], counts: (truth: number) => number): JsonObject[] {
  const byKey = new Map<string | number, number>();
  for (const key of keys) byKey.set(key, (byKey.get(key) ?? 0) + 1);
  const sorted = [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, count]) => ({ key, doc_count: counts(count) }));
}

function valueOf(source: JsonObject, path: string): unknown {
  let at: unknown = source;
  for (const name of path.split(".")) at = isJsonObject(at) ? own(at, name) : undefined;
  return at;
}

const dates = new WeakMap<JsonObject, Map<string, number | null>>();

/** As an index does it, a date is read once, however often it is asked for. */
function dateOf(source: JsonObject, field: string): number | null {
  const known = dates.get(source) ?? new Map<string, number | null>();
  dates.set(source, known);
  const at = known.get(field);
  if (at !== undefined) return at;
  const read = instantOf(valueOf(source, field));
  known.set(field, read);
  return read;
}

/** Wazuh's own writing of the zone has no colon. */
export function instantOf(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const at = Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(at) ? null : at;
}
