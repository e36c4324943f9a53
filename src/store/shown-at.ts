import type { Kysely } from "kysely";
import type { IncidentState } from "../core/incident.ts";
import type { Receipt } from "../core/receipt.ts";
import type { Instant } from "../core/time.ts";
import * as columns from "./columns.ts";
import { namesOf } from "./columns.ts";
import * as rows from "./rows.ts";
import { readAll, type Tables } from "./tables.ts";

/** What a destination shows of an incident that is not resolved, and has nothing to be told of. */
export interface Shown {
  readonly receipt: Receipt;
  readonly state: IncidentState;
  readonly openedAt: Instant | null;
  /** When Riposte itself last made it or changed its status there. */
  readonly movedAt: Instant | null;
}

/** Steps after which the status of a thing over there is our doing. */
const MOVES = ["create", "resolve", "reopen"];

/** Unresolved incidents that this destination shows and has nothing to be told of, oldest first. */
export async function shownAt(
  db: Kysely<Tables>,
  destination: string,
  after: number,
  limit: number,
): Promise<readonly Shown[]> {
  const found = await db
    .selectFrom("receipt")
    .innerJoin("incident", "incident.id", "receipt.incident")
    .select(namesOf(columns.RECEIPT).map((name) => `receipt.${name}` as const))
    .select(["incident.state as shown_state", "incident.opened_at as shown_opened_at"])
    .select((of) =>
      of
        .selectFrom("attempt")
        .select((attempt) => attempt.fn.max("attempt.ended_at").as("at"))
        .whereRef("attempt.incident", "=", "receipt.incident")
        .where("attempt.destination", "=", destination)
        .where("attempt.action", "in", MOVES)
        .where("attempt.outcome", "in", ["done", "found"])
        .as("moved_at"),
    )
    .where("receipt.destination", "=", destination)
    .where("receipt.incident", ">", after)
    .where("incident.state", "in", ["open", "acknowledged"])
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("work")
            .select("work.incident")
            .whereRef("work.incident", "=", "receipt.incident")
            .where("work.destination", "=", destination)
            .where("work.state", "in", ["ready", "sending", "unknown"]),
        ),
      ),
    )
    .orderBy("receipt.incident")
    .limit(limit)
    .execute();
  const receipts = readAll(columns.RECEIPT, found, rows.receiptOf);
  return found.map((row, i) => ({
    receipt: receipts[i]!,
    state: row.shown_state as IncidentState,
    openedAt: row.shown_opened_at as number | null,
    movedAt: row.moved_at as number | null,
  }));
}
