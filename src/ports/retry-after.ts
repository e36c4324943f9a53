import { DAY_MS, SECOND_MS, type Instant } from "../core/time.ts";

/** Nobody means longer; without a bound one wrong header would silence a destination for years. */
export const RETRY_AFTER_MOST_MS = DAY_MS;

/** How long `Retry-After` asks to wait, given in seconds or as an HTTP date; null where it is neither. */
export function readRetryAfter(value: string | undefined, now: Instant): number | null {
  const text = value?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return bounded(Math.ceil(Number(text) * SECOND_MS));
  // Anything looser would have `Date.parse` guess, and in the machine's own zone.
  if (!/^[A-Z][a-z]{2,8}, .* GMT$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : bounded(at - now);
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), RETRY_AFTER_MOST_MS);
}
