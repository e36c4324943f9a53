import { SECOND_MS, type Instant } from "../core/time.ts";
import type { Source } from "./source.ts";

/** Wazuh writes through a buffer that it empties about once a second: so old may be what is not yet in the file. */
export const HELD_BACK_MS = 2 * SECOND_MS;

/**
 * How far what is stored reaches in event time, and when the source was last able to go on. The second is not when
 * it last looked: a process that was stopped for an hour would then take the source for silent, and an hour of
 * alerts, unread as they are, for alerts that never came.
 */
export class TailWatermark {
  #endSeenAt: Instant = 0;
  #linesAt: Instant = 0;
  #wellAt: Instant | null = null;

  get value(): ReturnType<Source["watermark"]> {
    if (this.#wellAt === null) return null;
    return { at: Math.max(this.#endSeenAt, this.#linesAt), reportedAt: this.#wellAt };
  }

  /** Everything is stored that was there when the end was seen. */
  noteEnd(seenAt: Instant): void {
    this.#endSeenAt = seenAt;
  }

  /** Lines are stored, up to this event time where it is known. One with a wrong date is put right by the next. */
  noteLines(upTo: Instant | null): void {
    this.#linesAt = upTo ?? this.#linesAt;
  }

  /** It reads, or waits for nothing but time and the Writer. */
  noteWell(now: Instant): void {
    this.#wellAt = now;
  }
}
