import type { SourceRow } from "./change.ts";

/** One that never reported. */
export function newSource(name: string): SourceRow {
  return {
    name,
    cursor: null,
    read: 0,
    ignored: 0,
    malformed: 0,
    duplicate: 0,
    kept: 0,
    collision: 0,
    watermarkAt: null,
    seenAt: null,
  };
}
