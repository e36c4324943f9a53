import { z } from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

/** At most `max` calls in each `per`, evenly spread: `{ max: 20, per: 1m }` is one every three seconds. */
export const Pace = z.strictObject({
  max: z.int().min(1),
  per: z.string().regex(/^[1-9]\d{0,5}[smhd]$/, "expected a duration in s, m, h or d. Example: 1m"),
});
export type Pace = z.infer<typeof Pace>;

export function paceMs(pace: Pace): number {
  return Math.ceil(perMs(pace) / pace.max);
}

export function perMs({ per }: Pick<Pace, "per">): number {
  return Number(per.slice(0, -1)) * (UNIT_MS[per.slice(-1)] ?? SECOND_MS);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
