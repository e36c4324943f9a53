import type { TickInput } from "./input.ts";
import { MINUTE_MS, type Instant } from "./time.ts";

/** A source that has said nothing for this long holds no timer back any more. */
export const SOURCE_SILENT_MS = 10 * MINUTE_MS;

/**
 * The event time that timers of a source may believe in. After an hour's downtime the clearing alert may still be
 * in the backlog: what has not been read has not yet failed to come.
 */
export function eventNow(tick: TickInput, source: string): Instant {
  const watermark = tick.watermarks[source];
  if (watermark === undefined || tick.now - watermark.reportedAt > SOURCE_SILENT_MS) return tick.now;
  return Math.min(tick.now, watermark.at);
}

/** Which timers a tick asks for: by source, and with null for sources that nobody configures any more. */
export function dueBefore(tick: TickInput): readonly { readonly source: string | null; readonly before: Instant }[] {
  const known = Object.keys(tick.watermarks).map((source) => ({ source, before: eventNow(tick, source) }));
  return [...known, { source: null, before: tick.now }];
}
