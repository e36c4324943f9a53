import { MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";

/** The other side's clock and ours may be so far apart. */
export const CLOCK_DIFFERENCE_MS = 5 * MINUTE_MS;

/** Jira writes the offset without a colon: `2026-08-20T09:00:14.123+0000`. What is no time counts as new. */
export function instantOf(text: string | null): Instant {
  const at = Date.parse(text?.replace(/([+-]\d{2})(\d{2})$/, "$1:$2") ?? "");
  return Number.isNaN(at) ? Infinity : at;
}

export function span(ms: number): string {
  if (ms < SECOND_MS) return "less than a second";
  if (ms < 2 * MINUTE_MS) return `${Math.round(ms / SECOND_MS)} s`;
  return `${Math.round(ms / MINUTE_MS)} min`;
}
