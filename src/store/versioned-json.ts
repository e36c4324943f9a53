import { StoreError } from "./store.ts";

/**
 * A value kept in a column as a JSON object with a `v`. `upcasts[0]` makes version 2 of version 1 and so on, so the
 * newest version is one more than there are of them; rows are never rewritten for a new version.
 */
export interface VersionedJson {
  readonly name: string;
  readonly upcasts: readonly ((old: Record<string, unknown>) => Record<string, unknown>)[];
}

export function toJson(shape: VersionedJson, value: object): string {
  return JSON.stringify({ v: shape.upcasts.length + 1, ...value });
}

/** The value as the newest version has it. A version from the future can't be guessed at. */
export function fromJson<Value extends object>(shape: VersionedJson, json: string): Value {
  const { v, ...kept } = parse(shape, json);
  const newest = shape.upcasts.length + 1;
  if (typeof v !== "number" || !Number.isInteger(v) || v < 1) throw unreadable(shape);
  if (v > newest) {
    throw new StoreError(
      "newer",
      `A row holds a ${shape.name} of version ${v} and this Riposte knows ${newest}: run the newer one that wrote it.`,
    );
  }
  return shape.upcasts.slice(v - 1).reduce((old, upcast) => upcast(old), kept) as Value;
}

function parse(shape: VersionedJson, json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw unreadable(shape, { cause });
  }
  if (typeof value !== "object" || value === null) throw unreadable(shape);
  return value as Record<string, unknown>;
}

function unreadable(shape: VersionedJson, options?: ErrorOptions): StoreError {
  return new StoreError(
    "corrupt",
    `A row's ${shape.name} can't be read: stop Riposte and put the newest backup of its database in place.`,
    options,
  );
}
