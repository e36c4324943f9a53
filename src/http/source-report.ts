import type { SourceRow } from "../core/change.ts";
import type { SenderStatus } from "../ports/intake.ts";

/** What a running source says of itself. */
export interface LiveSource {
  readonly state: "starting" | "reading" | "at_end" | "missing" | "unreadable" | "stopped";
  readonly trouble: string | null;
  /** What one that is starting waits for, as it should. */
  readonly waitsFor?: string;
  readonly behindBytes: number | null;
  /** Only of a source that is sent to. */
  readonly sender?: SenderStatus;
}

export interface SourceReport {
  readonly name: string;
  readonly row: SourceRow | null;
  /** Whether `read = ignored + malformed + duplicate + kept`. */
  readonly addsUp: boolean;
  /** Null: no server runs, or it has no such source any more. */
  readonly live: LiveSource | null;
}

/** Sources that run and sources that once did, by name. */
export function reportSources(
  rows: readonly SourceRow[],
  live: Readonly<Record<string, LiveSource>>,
): readonly SourceReport[] {
  const names = [...new Set([...Object.keys(live), ...rows.map((row) => row.name)])].toSorted();
  return names.map((name) => {
    const row = rows.find((one) => one.name === name) ?? null;
    return { name, row, addsUp: row === null || addsUp(row), live: live[name] ?? null };
  });
}

function addsUp({ read, ignored, malformed, duplicate, kept }: SourceRow): boolean {
  return read === ignored + malformed + duplicate + kept;
}
