import { sql, type Kysely } from "kysely";
import type { Silence } from "../core/silence.ts";
import type { Instant } from "../core/time.ts";
import * as columns from "./columns.ts";
import { namesOf } from "./columns.ts";
import * as rows from "./rows.ts";
import { readAll, type Tables } from "./tables.ts";

/** Those that end first, first, and those that end with their incident behind them. */
export async function silencesOf(
  db: Kysely<Tables>,
  { id, liveAt, limit }: { readonly id?: number; readonly liveAt: Instant | null; readonly limit: number },
): Promise<readonly Silence[]> {
  let query = db.selectFrom("silence").select(namesOf(columns.SILENCE)).limit(limit);
  if (id !== undefined) query = query.where("id", "=", id);
  if (liveAt !== null) query = query.where(sql<boolean>`(ends_at IS NULL OR ends_at > ${liveAt})`);
  query = query.orderBy("ends_at", (order) => order.asc().nullsLast()).orderBy("id");
  return readAll(columns.SILENCE, await query.execute(), rows.silenceOf);
}
