// What may be over, a piece of a table at a time in the order of its key: no index by age is needed, which every alert
// would have to pay for.
import type { Action } from "../core/action.ts";
import type { AlertRow } from "../core/change.ts";
import type { Hold } from "../core/retention.ts";
import { RESTORE } from "../core/restore.ts";
import type { Instant } from "../core/time.ts";
import type { WindowRef } from "../core/window.ts";
import { ACTION, ACTION_KEY, ALERT, type Cell } from "./columns.ts";
import { actionOf, alertOf, type Row } from "./rows.ts";

export interface OldRows {
  /** Resolved ones. */
  readonly incident: { readonly id: number; readonly holds: readonly Hold[]; readonly respondedAt: number | null };
  readonly alert: AlertRow;
  readonly window_filled: WindowRef & { readonly hasIncident: boolean };
  readonly action: Action & { readonly hasIncident: boolean };
  /** Stretches of the audit: none of it goes that is not sealed, and then all of one or nothing. */
  readonly seal: OldSegment;
}

export interface OldSegment {
  readonly firstId: number;
  readonly lastId: number;
  readonly toAt: Instant;
  /** Its rows are still there. */
  readonly isThere: boolean;
  /** What a database knows of having been put back is in a row of it. */
  readonly hasRestore: boolean;
}

/** Where a pass over a table stands: the key of the row that was seen last. */
export type OldPlace = readonly Cell[];

/** A piece of a pass, and where the next one begins. */
export interface OldPage<Row> {
  readonly rows: readonly Row[];
  /** Null: that was the end of the table. */
  readonly next: OldPlace | null;
}

export interface OldQuery {
  /** Null: from the beginning. */
  readonly after: OldPlace | null;
  readonly limit: number;
}

interface Walk<Found> {
  readonly sql: string;
  /** Before the first key that there can be. */
  readonly start: OldPlace;
  readonly of: (row: Row) => Found;
  readonly key: (row: Row) => OldPlace;
}

const IS_LIVE = "state IN ('ready', 'sending', 'unknown', 'watched')";
const ALERT_KEY = "origin, native_id, stamp, rule_id";

function isNotOver(carrier: string): string {
  return `EXISTS (SELECT 1 FROM incident AS carrier WHERE carrier.id = ${carrier} AND carrier.state <> 'resolved')
    OR EXISTS (SELECT 1 FROM work WHERE work.incident = ${carrier} AND ${IS_LIVE})`;
}

/** A restart has no end to come, nor has a command that is not lifted. */
const IS_RESPONSE_OVER = `response.state IN ('advised', 'refused', 'failed', 'lifted')
  OR (response.due_at IS NULL AND response.action IN ('restart-agent', 'run-command')
    AND response.state IN ('verified', 'received_unprovable', 'unknown'))`;

/** By the name of what holds the incident. */
const HOLDS: Readonly<Record<Hold, string>> = {
  reminder: "EXISTS (SELECT 1 FROM reminder WHERE reminder.incident = incident.id)",
  response: `EXISTS (SELECT 1 FROM action WHERE action.incident = incident.id
    AND (action.due_at IS NOT NULL OR action.state = 'awaited'
      OR (action.state IN ('received', 'overdue') AND action.program <> 'restart-wazuh')))
    OR EXISTS (SELECT 1 FROM response WHERE response.incident = incident.id
      AND (NOT (${IS_RESPONSE_OVER}) OR response.id = (SELECT max(id) FROM response)))`,
  tells: `EXISTS (SELECT 1 FROM incident AS member WHERE member.collapsed_into = incident.id AND member.collapsed_into > 0)
    OR EXISTS (SELECT 1 FROM told_in WHERE told_in.digest = incident.id)`,
  collecting: "EXISTS (SELECT 1 FROM digest WHERE digest.incident = incident.id)",
  told_in: `(incident.collapsed_into > 0 AND (${isNotOver("incident.collapsed_into")}))
    OR EXISTS (SELECT 1 FROM told_in WHERE told_in.incident = incident.id AND (${isNotOver("told_in.digest")}))`,
};
const HOLD_NAMES = Object.keys(HOLDS) as Hold[];

function flag(condition: string): string {
  return `CASE WHEN ${condition} THEN 1 ELSE 0 END`;
}

export const OLD_WALKS: { readonly [Of in keyof OldRows]: Walk<OldRows[Of]> } = {
  incident: {
    sql: `SELECT id, (SELECT max(at) FROM response WHERE response.incident = incident.id),
      ${Object.values(HOLDS).map(flag).join(", ")} FROM incident
      WHERE state = 'resolved' AND id > ? ORDER BY id LIMIT 0 + ?`,
    start: [0],
    of: ([id, respondedAt, ...flags]) => ({
      id: id as number,
      respondedAt: respondedAt as number | null,
      holds: HOLD_NAMES.filter((_, i) => flags[i] === 1),
    }),
    key: ([id]) => [id as number],
  },
  alert: {
    sql: `SELECT ${ALERT} FROM alert WHERE (${ALERT_KEY}) > (?, ?, ?, ?) ORDER BY ${ALERT_KEY} LIMIT 0 + ?`,
    start: ["", "", "", ""],
    of: alertOf,
    key: (row) => row.slice(0, 4) as Cell[],
  },
  window_filled: {
    sql: `SELECT policy, n, ${flag("EXISTS (SELECT 1 FROM incident WHERE incident.id = window_filled.incident)")}
      FROM window_filled WHERE (policy, n) > (?, ?) ORDER BY policy, n LIMIT 0 + ?`,
    start: ["", 0],
    of: ([policy, n, has]) => ({ policy: policy as string, n: n as number, hasIncident: has === 1 }),
    key: ([policy, n]) => [policy as string, n as number],
  },
  action: {
    sql: `SELECT ${ACTION}, ${flag("EXISTS (SELECT 1 FROM incident WHERE incident.id = action.incident)")}
      FROM action WHERE (${ACTION_KEY}) > (?, ?, ?, ?) ORDER BY ${ACTION_KEY} LIMIT 0 + ?`,
    start: ["", "", "", 0],
    of: (row) => ({ ...actionOf(row), hasIncident: row.at(-1) === 1 }),
    key: (row) => row.slice(0, 4) as Cell[],
  },
  seal: {
    sql: `SELECT segment, first_id, last_id, to_at,
        ${flag("EXISTS (SELECT 1 FROM audit WHERE audit.id = seal.last_id)")},
        ${flag(`EXISTS (SELECT 1 FROM audit WHERE audit.id BETWEEN seal.first_id AND seal.last_id
          AND audit.what = '${RESTORE}')`)}
      FROM seal WHERE segment > ? ORDER BY segment LIMIT 0 + ?`,
    start: [0],
    of: ([, firstId, lastId, toAt, isThere, hasRestore]) => ({
      firstId: firstId as number,
      lastId: lastId as number,
      toAt: toAt as number,
      isThere: isThere === 1,
      hasRestore: hasRestore === 1,
    }),
    key: ([segment]) => [segment as number],
  },
};

export function oldPage<Of extends keyof OldRows>(of: Of, found: readonly Row[], limit: number): OldPage<OldRows[Of]> {
  const walk: Walk<OldRows[Of]> = OLD_WALKS[of];
  const last = found.at(-1);
  return { rows: found.map(walk.of), next: last === undefined || found.length < limit ? null : walk.key(last) };
}

/** The same statement with PostgreSQL's names for what it is given. */
export function numbered(sql: string): string {
  let n = 0;
  return sql.replaceAll("LIMIT 0 + ?", "LIMIT ?").replaceAll("?", () => `$${(n += 1)}`);
}
