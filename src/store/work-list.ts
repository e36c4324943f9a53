import type { Reason } from "../core/outcome.ts";
import type { Work, WorkState } from "../core/work.ts";
import { WORK } from "./columns.ts";
import { workOf } from "./rows.ts";
import { columnsOf, sql, where, type Ask } from "./sql.ts";
import { toText } from "./text.ts";

export interface WorkFilter {
  readonly state?: WorkState | undefined;
  readonly reason?: Reason | undefined;
  readonly destination?: string | undefined;
  readonly limit: number;
}

// What is only watched, or told by somebody else or in a mass event, waits for nothing: it is shown to whoever asks
// for it.
const WAITS = sql`state NOT IN ('watched', 'shadow', 'hushed')
  AND (state = 'listed' AND reason = 'collapsed') IS NOT TRUE`;

/** Those that wait longest first. */
export async function workList(ask: Ask, { state, reason, destination, limit }: WorkFilter): Promise<readonly Work[]> {
  const those = where(
    state === undefined ? WAITS : sql`state = ${state}`,
    reason !== undefined && sql`reason = ${reason}`,
    destination !== undefined && sql`destination = ${toText(destination)}`,
  );
  // Sorted by what the index holds, so that only rows that are shown are read.
  const oldest = sql`SELECT incident, destination FROM work ${those} ORDER BY since_at, incident LIMIT ${limit}`;
  const rows = await ask(sql`SELECT ${columnsOf(WORK, "work")} FROM (${oldest}) AS oldest
    JOIN work ON work.incident = oldest.incident AND work.destination = oldest.destination
    ORDER BY work.since_at, work.incident`);
  return rows.map(workOf);
}
