import type { Instant } from "../../core/time.ts";
import type { Hit } from "./client.ts";
import { isFields } from "./indexer-failure.ts";

/** Null: it is none. */
export function hitOf(value: unknown): { readonly hit: Hit; readonly sort: readonly unknown[] } | null {
  if (!isFields(value)) return null;
  const { _index: index, _id: id, _source: source, sort } = value;
  if (typeof index !== "string" || typeof id !== "string" || !Array.isArray(sort) || sort.length === 0) return null;
  const [first] = sort as readonly unknown[];
  return { hit: { index, id, at: instantOf(first), source }, sort };
}

/** A mapping with a format of its own sorts by numbers and shows texts. */
function instantOf(sorted: unknown): Instant | null {
  const at = typeof sorted === "number" ? sorted : typeof sorted === "string" ? Date.parse(sorted) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}

/** Whether all shards answered in time. */
export function isWhole({ timed_out: timedOut, _shards: shards }: Readonly<Record<string, unknown>>): boolean {
  return timedOut !== true && !(isFields(shards) && typeof shards["failed"] === "number" && shards["failed"] > 0);
}

export function bucketsOf(aggregation: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isFields(aggregation) || !Array.isArray(aggregation["buckets"])) return [];
  return (aggregation["buckets"] as readonly unknown[]).filter(isFields);
}

export function valueOf(aggregation: unknown): Instant | null {
  return isFields(aggregation) && typeof aggregation["value"] === "number" ? aggregation["value"] : null;
}
