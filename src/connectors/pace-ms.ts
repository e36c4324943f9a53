import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { Pace } from "./pace.ts";

export function paceMs(pace: Pace): number {
  return Math.ceil(perMs(pace) / pace.max);
}

export function perMs({ per }: Pick<Pace, "per">): number {
  return Number(per.slice(0, -1)) * (UNIT_MS[per.slice(-1)] ?? SECOND_MS);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
