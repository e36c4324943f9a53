import type { IncidentState } from "../core/incident.ts";
import type { Receipt } from "../core/receipt.ts";
import type { Instant } from "../core/time.ts";
import { RECEIPT } from "./columns.ts";
import { receiptOf } from "./rows.ts";
import { columnsOf, sql, type Ask } from "./sql.ts";

/** What a destination shows of an incident that is not resolved, and has nothing to be told of. */
export interface Shown {
  readonly receipt: Receipt;
  readonly state: IncidentState;
  readonly openedAt: Instant | null;
  /** When Riposte itself last made it or changed its status there. */
  readonly movedAt: Instant | null;
}

/** Unresolved incidents that this destination shows and has nothing to be told of, oldest first. */
export async function shownAt(ask: Ask, destination: string, after: number, limit: number): Promise<readonly Shown[]> {
  // After these steps the status of a thing over there is our doing.
  const movedAt = sql`SELECT max(ended_at) FROM attempt
    WHERE attempt.incident = receipt.incident AND attempt.destination = ${destination}
      AND action IN ('create', 'resolve', 'reopen') AND outcome IN ('done', 'found')`;
  const toBeTold = sql`SELECT work.incident FROM work
    WHERE work.incident = receipt.incident AND work.destination = ${destination}
      AND work.state IN ('ready', 'sending', 'unknown')`;
  const found = await ask(sql`SELECT incident.state, incident.opened_at, (${movedAt}), ${columnsOf(RECEIPT, "receipt")}
    FROM receipt JOIN incident ON incident.id = receipt.incident
    WHERE receipt.destination = ${destination} AND receipt.incident > ${after}
      AND incident.state IN ('open', 'acknowledged') AND NOT EXISTS (${toBeTold})
    ORDER BY receipt.incident LIMIT ${limit}`);
  return found.map(([state, openedAt, moved, ...receipt]) => ({
    receipt: receiptOf(receipt),
    state: state as IncidentState,
    openedAt: openedAt as number | null,
    movedAt: moved as number | null,
  }));
}
