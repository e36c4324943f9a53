import { MINUTE_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Source } from "../sources/source.ts";

/** Where a source has come so near, what is left is no backlog. */
const NEAR_MS = MINUTE_MS / 2;

/** A forwarder that is alive is heard of every few seconds. */
const SENDER_SILENT_MS = MINUTE_MS / 2;

/**
 * Whether they have read what there is, as far as they can: one that can't read is not waited for, nor a sender that
 * has not been heard of for a while, `startedAt` at the earliest.
 */
export function haveRead(sources: readonly Source[], clock: Pick<Clock, "now">, startedAt: Instant): boolean {
  return sources.every((source) => {
    const { state, sender } = source.status();
    if (state === "missing" || state === "unreadable") return true;
    // Who never says how far it has read can't be waited for.
    if (sender?.beats === false) return true;
    if (sender !== undefined && clock.now() - (sender.heardAt ?? startedAt) > SENDER_SILENT_MS) return true;
    const watermark = source.watermark();
    return watermark !== null && clock.now() - watermark.at <= NEAR_MS + (source.heldBackMs ?? 0);
  });
}
