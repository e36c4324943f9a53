// The form in which a row of the audit is hashed. docs/reference/audit.md has it for people, and whoever keeps an export
// checks by it for years: it never changes; what is new gets a key behind the others.
import type { AuditRow, Counters } from "./change.ts";
import { sha256 } from "./sha256.ts";

/** What the first row that is chained follows, and every row from before rows were. */
export const NO_ROW = "";

/** One line of JSON: the keys in this order, absent ones as null, and the hash of the row before. */
export function auditLine({ id, at, who, what, about, incident, response, detail }: AuditRow, before: string): string {
  return JSON.stringify({
    id,
    at,
    who,
    what,
    about,
    incident: incident ?? null,
    response: response ?? null,
    detail: detail ?? null,
    before,
  });
}

export function auditHash(row: AuditRow, before: string): string {
  return sha256(auditLine(row, before));
}

/** The row as it goes behind the one with this hash. */
export function chained(row: AuditRow, before: string): AuditRow & { readonly hash: string } {
  return { ...row, hash: auditHash(row, before) };
}

/** The next row, and the counters with it. */
export function chainedOn(
  counters: Counters,
  of: Omit<AuditRow, "id" | "hash">,
): { readonly counters: Counters; readonly row: AuditRow & { readonly hash: string } } {
  const row = chained({ ...of, id: counters.audit + 1 }, counters.auditHead ?? NO_ROW);
  return { counters: { ...counters, audit: row.id, auditHead: row.hash }, row };
}
