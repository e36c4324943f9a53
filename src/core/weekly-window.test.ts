import { describe, expect, test } from "vitest";
import { offsetAt } from "../ports/zones.ts";
import { coverWeek, WEEKDAYS, windowEnd, type Weekday, type WeeklyWindow } from "./weekly-window.ts";
import { MINUTE_MS } from "./time.ts";

function weekly(zone: string, from: string, to: string, days: readonly Weekday[] = WEEKDAYS): WeeklyWindow {
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { days, fromMinute: minutes(from), toMinute: minutes(to), zone };
}

function endOf(window: WeeklyWindow, at: string): string | null {
  const end = windowEnd(window, Date.parse(at), offsetAt);
  return end === null ? null : new Date(end).toISOString().replace(".000Z", "Z");
}

const SUNDAY: readonly Weekday[] = ["sunday"];

describe("a window of the week", () => {
  const night = weekly("Europe/Berlin", "22:00", "07:00", ["friday"]);

  // 2026-11-20 was a Friday.
  test.each([
    ["just before it begins", "2026-11-20T20:59:59Z", null],
    ["when it begins", "2026-11-20T21:00:00Z", "2026-11-21T06:00:00Z"],
    ["behind midnight", "2026-11-21T02:00:00Z", "2026-11-21T06:00:00Z"],
    ["when it ends", "2026-11-21T06:00:00Z", null],
    ["in the night behind, of a day that is not named", "2026-11-21T23:00:00Z", null],
    ["in the morning of the day on which it begins", "2026-11-20T05:00:00Z", null],
  ])("that goes on behind midnight is the night of the day that is named: %s", (_, at, end) => {
    expect(endOf(night, at)).toBe(end);
  });

  test("of a whole day ends at its midnight", () => {
    const saturday = weekly("UTC", "00:00", "24:00", ["saturday"]);

    expect(endOf(saturday, "2026-11-21T00:00:00Z")).toBe("2026-11-22T00:00:00Z");
    expect(endOf(saturday, "2026-11-22T00:00:00Z")).toBeNull();
  });
});

describe("on the day on which clocks leap forward", () => {
  test.each([
    // Berlin, 2027-03-28: 02:00 is 03:00, at 01:00 UTC.
    [
      "a window over the leap is an hour shorter",
      weekly("Europe/Berlin", "01:30", "04:00", SUNDAY),
      "2027-03-28T00:30:00Z",
      "2027-03-28T02:00:00Z",
    ],
    [
      "a beginning that clocks leap over is the leap",
      weekly("Europe/Berlin", "02:30", "04:00", SUNDAY),
      "2027-03-28T01:00:00Z",
      "2027-03-28T02:00:00Z",
    ],
    ["not before it", weekly("Europe/Berlin", "02:30", "04:00", SUNDAY), "2027-03-28T00:59:59Z", null],
    [
      "an end that clocks leap over is the leap",
      weekly("Europe/Berlin", "01:00", "02:30", SUNDAY),
      "2027-03-28T00:59:59Z",
      "2027-03-28T01:00:00Z",
    ],
    [
      "a window inside of the leap is none",
      weekly("Europe/Berlin", "02:10", "02:50", SUNDAY),
      "2027-03-28T01:00:00Z",
      null,
    ],
    // New York, 2027-03-14: 02:00 is 03:00, at 07:00 UTC.
    [
      "in New York as well",
      weekly("America/New_York", "01:30", "04:00", SUNDAY),
      "2027-03-14T06:30:00Z",
      "2027-03-14T08:00:00Z",
    ],
    // Lord Howe, 2026-10-04: 02:00 is 02:30, at 15:30 UTC the day before.
    [
      "by half an hour on Lord Howe",
      weekly("Australia/Lord_Howe", "02:15", "03:00", SUNDAY),
      "2026-10-03T15:30:00Z",
      "2026-10-03T16:00:00Z",
    ],
    ["and not a second sooner", weekly("Australia/Lord_Howe", "02:15", "03:00", SUNDAY), "2026-10-03T15:29:59Z", null],
  ])("%s", (_, window, at, end) => {
    expect(endOf(window, at)).toBe(end);
  });
});

describe("on the day on which clocks fall back", () => {
  test.each([
    // Berlin, 2026-10-25: 03:00 is 02:00, at 01:00 UTC.
    [
      "a window over it is an hour longer",
      weekly("Europe/Berlin", "01:30", "04:00", SUNDAY),
      "2026-10-24T23:30:00Z",
      "2026-10-25T03:00:00Z",
    ],
    [
      "it begins with the first of two",
      weekly("Europe/Berlin", "02:30", "04:00", SUNDAY),
      "2026-10-25T00:30:00Z",
      "2026-10-25T03:00:00Z",
    ],
    [
      "and ends with the second",
      weekly("Europe/Berlin", "01:00", "02:30", SUNDAY),
      "2026-10-25T00:45:00Z",
      "2026-10-25T01:30:00Z",
    ],
    [
      "without a hole between them",
      weekly("Europe/Berlin", "02:10", "02:20", SUNDAY),
      "2026-10-25T00:30:00Z",
      "2026-10-25T01:20:00Z",
    ],
    // New York, 2026-11-01: 02:00 is 01:00, at 06:00 UTC.
    [
      "in New York as well",
      weekly("America/New_York", "00:30", "01:30", SUNDAY),
      "2026-11-01T05:45:00Z",
      "2026-11-01T06:30:00Z",
    ],
    // Lord Howe, 2027-04-04: 02:00 is 01:30, at 15:00 UTC the day before.
    [
      "by half an hour on Lord Howe",
      weekly("Australia/Lord_Howe", "01:00", "01:45", SUNDAY),
      "2027-04-03T15:10:00Z",
      "2027-04-03T15:15:00Z",
    ],
  ])("%s", (_, window, at, end) => {
    expect(endOf(window, at)).toBe(end);
  });
});

test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])(
  "in %s clocks show the time of the window exactly while it lasts, on every other day of a year",
  (zone) => {
    const window = weekly(zone, "09:00", "17:30", ["monday", "wednesday", "saturday"]);
    const shows = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "long",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });

    for (let at = Date.parse("2026-01-01T00:00:00Z"); at < Date.parse("2027-01-01T00:00:00Z"); at += 97 * MINUTE_MS) {
      const parts = Object.fromEntries(shows.formatToParts(at).map(({ type, value }) => [type, value]));
      const clock = `${parts["hour"]}:${parts["minute"]}`;
      const isIn =
        ["Monday", "Wednesday", "Saturday"].includes(parts["weekday"] ?? "") && clock >= "09:00" && clock < "17:30";
      expect([new Date(at).toISOString(), windowEnd(window, at, offsetAt) !== null]).toEqual([
        new Date(at).toISOString(),
        isIn,
      ]);
    }
  },
);

test("windows that leave out a minute of the week do not cover it", () => {
  const whole = { days: WEEKDAYS, fromMinute: 0, toMinute: 1_440 };
  const nights = { days: WEEKDAYS, fromMinute: 20 * 60, toMinute: 8 * 60 };
  const days = { days: WEEKDAYS, fromMinute: 8 * 60, toMinute: 20 * 60 };

  expect(coverWeek([whole])).toBe(true);
  expect(coverWeek([nights, days])).toBe(true);
  expect(coverWeek([nights, { ...days, toMinute: 20 * 60 - 1 }])).toBe(false);
  expect(coverWeek([{ ...whole, days: WEEKDAYS.slice(1) }])).toBe(false);
});
