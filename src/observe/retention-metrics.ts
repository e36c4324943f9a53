import { Counter, Gauge, type Registry } from "prom-client";
import type { RetentionRow } from "../core/change.ts";
import { SECOND_MS } from "../core/time.ts";

export function retentionGauges(registers: Registry[]) {
  return {
    gone: new Counter({
      name: "riposte_retention_gone_total",
      help: "What was over and old and was taken away, by kind: alert or incident.",
      labelNames: ["kind"],
      registers,
    }),
    keptFrom: new Gauge({
      name: "riposte_retention_kept_from_timestamp_seconds",
      help: "Whatever came since is kept; 0: nothing went yet.",
      registers,
    }),
  };
}

/** Null: nothing went yet. */
export function setRetentionGauges(
  { gone, keptFrom }: ReturnType<typeof retentionGauges>,
  row: RetentionRow | null,
): void {
  gone.inc({ kind: "alert" }, row?.alerts ?? 0);
  gone.inc({ kind: "incident" }, row?.incidents ?? 0);
  keptFrom.set((row?.keptFrom ?? 0) / SECOND_MS);
}
