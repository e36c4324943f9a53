import type { Silence } from "../core/silence.ts";
import type { Instant } from "../core/time.ts";
import { SILENCE } from "./columns.ts";
import { silenceOf } from "./rows.ts";
import { columnsOf, sql, where, type Ask } from "./sql.ts";

export interface SilenceFilter {
  /** Null: those that are over as well. */
  readonly liveAt: Instant | null;
  readonly limit: number;
  /** Only those of this one. */
  readonly incident?: number;
}

/** Those that end first, first, and those that end with their incident behind them. */
export async function silencesOf(
  ask: Ask,
  { id, incident, liveAt, limit }: SilenceFilter & { readonly id?: number },
): Promise<readonly Silence[]> {
  const those = where(
    id !== undefined && sql`id = ${id}`,
    incident !== undefined && sql`incident = ${incident}`,
    liveAt !== null && sql`(ends_at IS NULL OR ends_at > ${liveAt})`,
  );
  const rows = await ask(sql`SELECT ${columnsOf(SILENCE)} FROM silence ${those}
    ORDER BY ends_at ASC NULLS LAST, id LIMIT ${limit}`);
  return rows.map(silenceOf);
}
