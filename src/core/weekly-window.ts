import { DAY_MS, MINUTE_MS, type Instant } from "./time.ts";

/** How many milliseconds a zone's clocks are ahead of UTC at an instant. Handed in: the core knows no calendars. */
export type OffsetAt = (zone: string, at: Instant) => number;

export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/** As `weekdayOf` counts. */
export const WEEKDAYS: readonly Weekday[] = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
];

/** The same hours of some days of each week, by the clocks of a zone. */
export interface WeeklyWindow {
  /** Those on which it begins. */
  readonly days: readonly Weekday[];
  /** Minutes after midnight; where `to` is not behind `from`, it is the next day's. */
  readonly fromMinute: number;
  /** 1440: midnight at the end of the day. */
  readonly toMinute: number;
  readonly zone: string;
}

/**
 * When the window is over in which the instant lies; null: it lies in none. A window goes from the first time at which
 * clocks show its beginning to the last at which they show its end, so that it is one piece also where an hour comes
 * twice; a time that clocks leap over is the instant of the leap.
 */
export function windowEnd(window: WeeklyWindow, at: Instant, offsetAt: OffsetAt): Instant | null {
  const { days, fromMinute, toMinute, zone } = window;
  const today = Math.floor((at + offsetAt(zone, at)) / DAY_MS);
  let end: Instant | null = null;
  // One that began yesterday may last until today, and around a leap of the clocks the day itself is in doubt.
  for (let day = today - 2; day <= today + 1; day += 1) {
    if (!days.includes(weekdayOf(day))) continue;
    const from = day * DAY_MS + fromMinute * MINUTE_MS;
    const to = (toMinute > fromMinute ? day : day + 1) * DAY_MS + toMinute * MINUTE_MS;
    const endsAt = instantsOf(zone, to, offsetAt).latest;
    if (at < instantsOf(zone, from, offsetAt).earliest || at >= endsAt) continue;
    end = Math.max(end ?? 0, endsAt);
  }
  return end;
}

/** `day` counts from the first of 1970, a Thursday. */
function weekdayOf(day: number): Weekday {
  return WEEKDAYS[(((day + 4) % 7) + 7) % 7]!;
}

/** When clocks show a local time, which is written as if it were one of UTC. */
function instantsOf(
  zone: string,
  local: number,
  offsetAt: OffsetAt,
): { readonly earliest: Instant; readonly latest: Instant } {
  const before = offsetAt(zone, local - DAY_MS);
  const after = offsetAt(zone, local + DAY_MS);
  const candidates = [local - before, local - after].filter((at) => at + offsetAt(zone, at) === local);
  if (candidates.length > 0) return { earliest: Math.min(...candidates), latest: Math.max(...candidates) };
  const leap = leapBetween(zone, local - after, local - before, offsetAt);
  return { earliest: leap, latest: leap };
}

/** The first instant with the offset of the later one. */
function leapBetween(zone: string, earlier: Instant, later: Instant, offsetAt: OffsetAt): Instant {
  const after = offsetAt(zone, later);
  let [low, high] = [earlier, later];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === after) high = middle;
    else low = middle;
  }
  return high;
}

const WEEK_MINUTES = 7 * 24 * 60;

/** Whether no minute of the week is outside of all of them; what clocks leap over or repeat is left out of account. */
export function coverWeek(windows: readonly Omit<WeeklyWindow, "zone">[]): boolean {
  const covered = new Set<number>();
  for (const { days, fromMinute, toMinute } of windows) {
    const minutes = toMinute > fromMinute ? toMinute - fromMinute : toMinute + 24 * 60 - fromMinute;
    for (const day of days) {
      const first = WEEKDAYS.indexOf(day) * 24 * 60 + fromMinute;
      for (let minute = first; minute < first + minutes; minute += 1) covered.add(minute % WEEK_MINUTES);
    }
  }
  return covered.size === WEEK_MINUTES;
}
