// Rows of the audit and of its seals, both ways.
import type { Seal } from "../core/audit-seal.ts";
import type { AuditRow, Counters } from "../core/change.ts";
import type { Cell } from "./columns.ts";
import type { Row } from "./rows.ts";
import { fromText, toText, toTextOrNull } from "./text.ts";

/** Of meta: the numbers, and the hash of the last row of the audit. */
export function countersOf(row: Row): Counters {
  const [incident, attempt, audit, head] = row as readonly [number, number, number, string];
  return { incident, attempt, audit, ...(head !== "" && { auditHead: head }) };
}

export function auditOf(row: Row): AuditRow {
  const [id, at, who, what, about, incident, response, detail, hash] = row;
  return {
    id: id as number,
    at: at as number,
    who: fromText(who as string),
    what: what as string,
    about: fromText(about as string),
    ...(incident !== null && { incident: incident as number }),
    ...(response !== null && { response: response as number }),
    ...(detail !== null && { detail: fromText(detail as string) }),
    ...(hash !== null && { hash: hash as string }),
  };
}

export function auditCells({ id, at, who, what, about, incident, response, detail, hash }: AuditRow): Cell[] {
  const of = [incident ?? null, response ?? null, toTextOrNull(detail ?? null), hash ?? null];
  return [id, at, toText(who), what, toText(about), ...of];
}

export function sealOf(row: Row): Seal {
  const [segment, firstId, lastId, count, fromAt, toAt, sealedAt] = row as number[];
  const [rows, head, previous, hash, key, signature] = row.slice(7) as [string, string, string, string, ...string[]];
  return {
    segment: segment!,
    firstId: firstId!,
    lastId: lastId!,
    count: count!,
    fromAt: fromAt!,
    toAt: toAt!,
    sealedAt: sealedAt!,
    rows,
    head,
    previous,
    hash,
    key: key ?? null,
    signature: signature ?? null,
  };
}

export function sealCells(seal: Seal): Cell[] {
  const { segment, firstId, lastId, count, fromAt, toAt, sealedAt } = seal;
  const numbers = [segment, firstId, lastId, count, fromAt, toAt, sealedAt];
  return [...numbers, seal.rows, seal.head, seal.previous, seal.hash, seal.key, seal.signature];
}
