import type { Kysely } from "kysely";
import type { ActionState } from "../core/action.ts";
import type { IncidentState } from "../core/incident.ts";
import type { Attempt } from "../core/receipt.ts";
import type { Instant } from "../core/time.ts";
import type { Work, WorkState } from "../core/work.ts";
import { fromText } from "./text.ts";
import type { Tables } from "./tables.ts";

/** Work of one destination that waits, or was given up, for one reason. */
export interface WorkTally {
  readonly destination: string;
  readonly state: WorkState;
  readonly reason: Work["reason"];
  readonly count: number;
  /** Since when the one that waits longest has been waiting, and what was seen of it. */
  readonly oldestAt: Instant;
  readonly evidence: string | null;
}

/** What a destination shows by now. */
export interface ReceiptTally {
  readonly destination: string;
  /** Incidents that it was told of. */
  readonly incidents: number;
  /** Steps that were sent again because nobody could tell whether they had arrived, and incidents with any. */
  readonly repeats: number;
  readonly repeatedIncidents: number;
  readonly lastDoneAt: Instant | null;
}

/** How often calls of a destination ended so, since the database was created. */
export interface AttemptTally {
  readonly destination: string;
  readonly outcome: NonNullable<Attempt["outcome"]>;
  readonly count: number;
}

/** From the index `work_state` alone, but for one row of each group. */
export async function workTallies(db: Kysely<Tables>): Promise<readonly WorkTally[]> {
  const groups = await db
    .selectFrom("work")
    .select(["destination", "state", "reason"])
    .select((eb) => [eb.fn.countAll<number>().as("count"), eb.fn.min<number>("since_at").as("oldest_at")])
    .groupBy(["destination", "state", "reason"])
    .orderBy("destination")
    .orderBy("state")
    .orderBy("reason", (order) => order.asc().nullsFirst())
    .execute();
  return Promise.all(
    groups.map(async ({ destination, state, reason, count, oldest_at }) => {
      const oldest = await db
        .selectFrom("work")
        .select("evidence")
        .where("destination", "=", destination)
        .where("state", "=", state)
        .where("reason", reason === null ? "is" : "=", reason)
        .orderBy("since_at")
        .limit(1)
        .executeTakeFirst();
      return {
        destination: destination as string,
        state: state as WorkState,
        reason: reason as Work["reason"],
        count,
        oldestAt: oldest_at,
        evidence: typeof oldest?.evidence === "string" ? fromText(oldest.evidence) : null,
      };
    }),
  );
}

export async function receiptTallies(db: Kysely<Tables>): Promise<readonly ReceiptTally[]> {
  const found = await db
    .selectFrom("receipt")
    .leftJoin("lane", "lane.destination", "receipt.destination")
    .select(["receipt.destination", "lane.last_done_at"])
    .select((eb) => [
      eb.fn.countAll<number>().as("incidents"),
      eb.fn.sum<number>("receipt.repeats").as("repeats"),
      // As literals: PostgreSQL takes parameters of no known type for text, which has no sum.
      eb.fn.sum<number>(eb.case().when("receipt.repeats", ">", 0).then(eb.lit(1)).else(eb.lit(0)).end()).as("repeated"),
    ])
    .groupBy(["receipt.destination", "lane.last_done_at"])
    .orderBy("receipt.destination")
    .execute();
  return found.map(({ destination, incidents, repeats, repeated, last_done_at }) => ({
    destination: destination as string,
    incidents,
    repeats,
    repeatedIncidents: repeated,
    lastDoneAt: last_done_at as number | null,
  }));
}

export async function attemptTallies(db: Kysely<Tables>): Promise<readonly AttemptTally[]> {
  const found = await db
    .selectFrom("tally")
    .select(["destination", "outcome", "count"])
    .orderBy("destination")
    .orderBy("outcome")
    .execute();
  return found as unknown as AttemptTally[];
}

export async function incidentCounts(db: Kysely<Tables>): Promise<Readonly<Record<IncidentState, number>>> {
  const found = await db
    .selectFrom("incident")
    .select((eb) => ["state", eb.fn.countAll<number>().as("count")])
    .groupBy("state")
    .execute();
  const counts = Object.fromEntries(found.map(({ state, count }) => [state as IncidentState, count]));
  return { pending: 0, open: 0, acknowledged: 0, resolved: 0, ...counts };
}

export async function actionCounts(db: Kysely<Tables>): Promise<Readonly<Record<ActionState, number>>> {
  const found = await db
    .selectFrom("action")
    .select((eb) => ["state", eb.fn.countAll<number>().as("count")])
    .groupBy("state")
    .execute();
  const counts = Object.fromEntries(found.map(({ state, count }) => [state as ActionState, count]));
  return { awaited: 0, explained: 0, received: 0, failed: 0, overdue: 0, lifted: 0, renewed: 0, ours: 0, ...counts };
}
