import type { ModelAlert } from "./model-incident.ts";

/** What must become of a line, by whoever wrote it. */
export type Fate = "ignored" | "malformed" | "wanted";

export interface Written {
  readonly line: string;
  readonly fate: Fate;
  /** Null: nobody wants it. */
  readonly alert: ModelAlert | null;
  /** When all of it was on the disk; null: not yet. */
  flushedAt: number | null;
}

export type Draft = Pick<Written, "line" | "fate" | "alert">;
