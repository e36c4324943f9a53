import { Gauge, type Registry } from "prom-client";
import { SECOND_MS, type Instant } from "../core/time.ts";

/** A secret by the key of the config that names it. */
export interface GaugedSecret {
  readonly field: string;
  readonly madeAt: Instant | null;
  readonly readAt: Instant | null;
  readonly nextAt: Instant | null;
  readonly inTrouble: boolean;
}

export function secretGauges(registers: Registry[]) {
  const bySecret = { labelNames: ["secret"] as const, registers };
  return {
    secretMade: new Gauge({
      name: "riposte_secret_made_timestamp_seconds",
      help: "Since when the value in use is what it is: its age.",
      ...bySecret,
    }),
    secretRead: new Gauge({
      name: "riposte_secret_read_timestamp_seconds",
      help: "When it was last read where it is kept.",
      ...bySecret,
    }),
    secretNext: new Gauge({
      name: "riposte_secret_next_read_timestamp_seconds",
      help: "When it will be read again, at the latest.",
      ...bySecret,
    }),
    secretTrouble: new Gauge({
      name: "riposte_secret_in_trouble",
      help: "1 while it can't be read, or a newer value is there that was not taken, else 0.",
      ...bySecret,
    }),
  };
}

export function setSecretGauges(gauges: ReturnType<typeof secretGauges>, secrets: readonly GaugedSecret[]): void {
  for (const { field: secret, madeAt, readAt, nextAt, inTrouble } of secrets) {
    if (madeAt !== null) gauges.secretMade.set({ secret }, madeAt / SECOND_MS);
    if (readAt !== null) gauges.secretRead.set({ secret }, readAt / SECOND_MS);
    if (nextAt !== null) gauges.secretNext.set({ secret }, nextAt / SECOND_MS);
    gauges.secretTrouble.set({ secret }, inTrouble ? 1 : 0);
  }
}
