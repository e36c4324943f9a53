import { sql, type Kysely } from "kysely";
import type { Reason } from "../core/outcome.ts";
import type { Work, WorkState } from "../core/work.ts";
import { namesOf, WORK } from "./columns.ts";
import { workOf } from "./rows.ts";
import { readAll, type Tables } from "./tables.ts";
import { toText } from "./text.ts";

export interface WorkFilter {
  readonly state?: WorkState | undefined;
  readonly reason?: Reason | undefined;
  readonly destination?: string | undefined;
  readonly limit: number;
}

/** Those that wait longest first. */
export async function workList(
  db: Kysely<Tables>,
  { state, reason, destination, limit }: WorkFilter,
): Promise<readonly Work[]> {
  // Sorted by what the index holds, so that only rows that are shown are read.
  let oldest = db.selectFrom("work").select(["incident", "destination"]).orderBy("since_at").orderBy("incident");
  // What is only watched, or told by somebody else or in a mass event, waits for nothing: it is shown to whoever asks
  // for it.
  const idle = ["watched", "shadow", "hushed"];
  const isTold = sql<boolean>`(state = 'listed' AND reason = 'collapsed')`;
  oldest =
    state === undefined
      ? oldest.where("state", "not in", idle).where(sql<boolean>`${isTold} IS NOT TRUE`)
      : oldest.where("state", "=", state);
  if (reason !== undefined) oldest = oldest.where("reason", "=", reason);
  if (destination !== undefined) oldest = oldest.where("destination", "=", toText(destination));
  const query = db
    .selectFrom(oldest.limit(limit).as("oldest"))
    .innerJoin("work", (join) =>
      join.onRef("work.incident", "=", "oldest.incident").onRef("work.destination", "=", "oldest.destination"),
    )
    .select(namesOf(WORK).map((name) => `work.${name}` as const))
    .orderBy("work.since_at")
    .orderBy("work.incident");
  return readAll(WORK, await query.execute(), workOf);
}
