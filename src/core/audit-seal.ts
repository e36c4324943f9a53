import { NO_ROW, auditHash } from "./audit-chain.ts";
import { sha256 } from "./sha256.ts";
import type { AuditRow } from "./change.ts";
import { MINUTE_MS, type Instant } from "./time.ts";

/** A stretch of the audit that is closed: what it held is known by this row, also once the rows themselves are gone. */
export interface Seal {
  /** Counted from 1. */
  readonly segment: number;
  readonly firstId: number;
  readonly lastId: number;
  readonly count: number;
  /** When the oldest and the newest of its rows were written. */
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly sealedAt: Instant;
  /** Of `manifestOf` its rows. */
  readonly rows: string;
  /** The hash of its last row. */
  readonly head: string;
  /** The hash of the seal before; empty: it is the first. */
  readonly previous: string;
  /** Of `sealLine`: what is to be kept elsewhere. */
  readonly hash: string;
  /** By which key; null: the config names none. */
  readonly key: string | null;
  /** Of `sealLine`, in base64. */
  readonly signature: string | null;
}

/** What a seal says of its rows, before anybody has signed it. */
export type SealText = Omit<Seal, "hash" | "key" | "signature">;

/** As many rows as a segment has at most. */
export const SEGMENT_ROWS = 500;
/** So long a row waits for its seal at most, while Riposte runs. */
export const SEAL_AFTER_MS = 10 * MINUTE_MS;

/** One line of JSON with the keys in this order. It never changes, as `auditLine` does not. */
export function sealLine(seal: SealText, install: string): string {
  const { segment, firstId, lastId, count, fromAt, toAt, sealedAt, rows, head, previous } = seal;
  return JSON.stringify({
    v: 1,
    install,
    segment,
    firstId,
    lastId,
    count,
    fromAt,
    toAt,
    sealedAt,
    rows,
    head,
    previous,
  });
}

/** The rows of a segment by number and hash, a line each. */
export function manifestOf(rows: readonly { readonly id: number; readonly hash: string }[]): string {
  return rows.map(({ id, hash }) => `${id} ${hash}\n`).join("");
}

/** The hash that a row is known by: its own, or for one from before rows were chained that of its line by itself. */
export function hashOfRow(row: AuditRow): string {
  return row.hash ?? auditHash(row, NO_ROW);
}

/** Null: not enough rows wait, and not for long enough. */
export function nextSeal(
  last: Seal | null,
  waiting: readonly AuditRow[],
  now: Instant,
  afterMs: number,
): SealText | null {
  const rows = waiting.slice(0, SEGMENT_ROWS);
  const [first] = rows;
  const newest = rows.at(-1);
  if (first === undefined || newest === undefined) return null;
  // A clock that was set back must not keep it open for ever.
  if (rows.length < SEGMENT_ROWS && Math.abs(now - first.at) < afterMs) return null;
  const times = rows.map(({ at }) => at);
  return {
    segment: (last?.segment ?? 0) + 1,
    firstId: first.id,
    lastId: newest.id,
    count: rows.length,
    fromAt: Math.min(...times),
    toAt: Math.max(...times),
    sealedAt: now,
    rows: sha256(manifestOf(rows.map((row) => ({ id: row.id, hash: hashOfRow(row) })))),
    head: hashOfRow(newest),
    previous: last?.hash ?? "",
  };
}

/** Whether a seal goes behind the last one: two that seal at once would make two chains of one. */
export function whyNotNext(seal: Seal, last: Seal | null, lastAudit: number): string | null {
  if (seal.segment !== (last?.segment ?? 0) + 1) return `segment ${seal.segment} is not the next`;
  if (seal.previous !== (last?.hash ?? "")) return `segment ${seal.segment} follows another seal`;
  if (seal.firstId <= (last?.lastId ?? 0) || seal.lastId > lastAudit) return "its rows are not those that wait";
  return null;
}

/** The first of the waiting rows that does not follow the one before; null: all do. */
export function differingRow(last: Seal | null, waiting: readonly AuditRow[]): number | null {
  let before: string | null = last?.head ?? null;
  for (const row of waiting) {
    if (row.hash === undefined) continue;
    // Rows from before rows were chained may lie between: what comes first behind them follows none.
    const follows = [before ?? NO_ROW, NO_ROW].some((hash) => auditHash(row, hash) === row.hash);
    if (!follows) return row.id;
    before = row.hash;
  }
  return null;
}
