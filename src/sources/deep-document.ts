import { mayBeDeeper } from "../core/json-depth.ts";

/** Wazuh nests a handful of levels. To this depth whoever shows a document may walk it by recursion. */
export const MAX_DEPTH = 64;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The document itself, or where it is nested deeper than `most` levels a copy in which what lies below is left out
 * (`null`). `line` is the text that it was parsed from: counting its brackets spares the walk for nearly every line.
 */
export function withoutDepths(document: Fields, line: string, most: number): Fields {
  if (!mayBeDeeper(line, most)) return document;
  return copyTo(document, most) as Fields;
}

function copyTo(value: unknown, levels: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((item) => copyTo(item, levels - 1));
  // fromEntries defines own properties: a key `__proto__` stays a key.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyTo(item, levels - 1)]));
}
