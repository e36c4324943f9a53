// What becomes of the audit's chain, one function each: a sentence that never changes, and fields.
import type { Seal } from "../core/audit-seal.ts";
import type { Log } from "./log.ts";

/** A line that others keep: by it a database can be held to what it was, whoever has had it since. */
export function auditSealed(log: Log, { segment, firstId, lastId, hash, key }: Seal): void {
  log.info({ segment, rows: `${firstId}-${lastId}`, hash, key }, "a stretch of the audit was sealed");
}

export function auditDiffers(log: Log, about: { row: number }): void {
  log.error(about, "a row of the audit is not what was written: riposte audit verify");
}

export function auditUnsigned(log: Log, { why }: { why: string | null }): void {
  if (why === null) log.info({}, "the audit can be sealed again");
  else log.error({ why }, "the audit is not sealed until its key can be used");
}
