import type { ActionState } from "../core/action.ts";
import type { IncidentState } from "../core/incident.ts";
import type { Attempt } from "../core/receipt.ts";
import type { Instant } from "../core/time.ts";
import type { Work, WorkState } from "../core/work.ts";
import { sql, type Ask } from "./sql.ts";
import { fromTextOrNull } from "./text.ts";

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
export async function workTallies(ask: Ask): Promise<readonly WorkTally[]> {
  const groups = await ask(sql`SELECT destination, state, reason, count(*), min(since_at) FROM work
    GROUP BY destination, state, reason ORDER BY destination, state, reason ASC NULLS FIRST`);
  return Promise.all(
    groups.map(async (group) => {
      const [destination, state, reason, count, oldestAt] = group as [
        string,
        WorkState,
        Work["reason"],
        number,
        number,
      ];
      const because = reason === null ? sql`reason IS NULL` : sql`reason = ${reason}`;
      const [oldest] = await ask(sql`SELECT evidence FROM work
        WHERE destination = ${destination} AND state = ${state} AND ${because} ORDER BY since_at LIMIT 1`);
      const evidence = fromTextOrNull((oldest?.[0] ?? null) as string | null);
      return { destination, state, reason, count, oldestAt, evidence };
    }),
  );
}

export async function receiptTallies(ask: Ask): Promise<readonly ReceiptTally[]> {
  const found = await ask(sql`SELECT receipt.destination, count(*), sum(receipt.repeats),
      sum(CASE WHEN receipt.repeats > 0 THEN 1 ELSE 0 END), lane.last_done_at
    FROM receipt LEFT JOIN lane ON lane.destination = receipt.destination
    GROUP BY receipt.destination, lane.last_done_at ORDER BY receipt.destination`);
  return found.map((row) => {
    const [destination, incidents, repeats, repeatedIncidents, lastDoneAt] = row as [
      string,
      number,
      number,
      number,
      number | null,
    ];
    return { destination, incidents, repeats, repeatedIncidents, lastDoneAt };
  });
}

export async function attemptTallies(ask: Ask): Promise<readonly AttemptTally[]> {
  const found = await ask(sql`SELECT destination, outcome, count FROM tally ORDER BY destination, outcome`);
  return found.map((row) => {
    const [destination, outcome, count] = row as [string, AttemptTally["outcome"], number];
    return { destination, outcome, count };
  });
}

export async function incidentCounts(ask: Ask): Promise<Readonly<Record<IncidentState, number>>> {
  const found = await ask(sql`SELECT state, count(*) FROM incident GROUP BY state`);
  const counts = Object.fromEntries(found as readonly [IncidentState, number][]);
  return { pending: 0, open: 0, acknowledged: 0, resolved: 0, ...counts };
}

export async function actionCounts(ask: Ask): Promise<Readonly<Record<ActionState, number>>> {
  const found = await ask(sql`SELECT state, count(*) FROM action GROUP BY state`);
  const counts = Object.fromEntries(found as readonly [ActionState, number][]);
  return { awaited: 0, explained: 0, received: 0, failed: 0, overdue: 0, lifted: 0, renewed: 0, ours: 0, ...counts };
}
