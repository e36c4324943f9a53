import { Gauge, type Registry } from "prom-client";
import type { Seal } from "../core/audit-seal.ts";
import { SECOND_MS } from "../core/time.ts";

export function auditGauges(registers: Registry[]) {
  return {
    sealedAt: new Gauge({
      name: "riposte_audit_sealed_timestamp_seconds",
      help: "When the last stretch of the audit was sealed, with its number and hash: whoever keeps them can hold it to them.",
      labelNames: ["segment", "hash"],
      registers,
    }),
  };
}

/** Null: nothing was sealed yet. */
export function setAuditGauges({ sealedAt }: ReturnType<typeof auditGauges>, seal: Seal | null): void {
  if (seal !== null) sealedAt.set({ segment: `${seal.segment}`, hash: seal.hash }, seal.sealedAt / SECOND_MS);
}
