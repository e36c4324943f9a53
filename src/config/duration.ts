import { z } from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** Beyond ten years a figure is a slip, and dates stop being whole numbers of milliseconds not far behind. */
const LONGEST_MS = 3_650 * DAY_MS;

/** `30m`, `24h`, `7d` as milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const [, figure = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? null : Number(figure) * unitMs;
}

/** The schema of a duration, `example` being a sensible one for its place. */
export function durationField({ leastMs, example }: { readonly leastMs: number; readonly example: string }) {
  const expected = `expected a duration in s, m, h or d. Example: ${example}`;
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : expected) })
    .regex(/^\d{1,9}[smhd]$/, { error: expected, abort: true })
    .meta({ examples: [example] })
    .transform((text) => parseDuration(text) ?? 0)
    .refine((ms) => ms >= leastMs, { error: `too short: at least ${leastMs / SECOND_MS}s` })
    .refine((ms) => ms <= LONGEST_MS, { error: "too long: at most 3650d" });
}
