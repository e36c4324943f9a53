import { z } from "zod";
import { WEEKDAYS, type Weekday, type WeeklyWindow } from "../core/weekly-window.ts";
import { didYouMean } from "./nearest.ts";
import { isMap } from "./problem.ts";
import { isZone, zoneNames } from "./time-zone.ts";

const TIME_RULE = 'expected a time of day in quotes. Example: "22:00"';

function timeOfDay(mostMinute: number, example: string) {
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : TIME_RULE) })
    .regex(/^(?:[01]\d|2[0-4]):[0-5]\d$/, { error: TIME_RULE, abort: true })
    .meta({ examples: [example] })
    .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
    .refine((minute) => minute <= mostMinute, { error: "there is no such time of day" });
}

const MIDNIGHT = 24 * 60;

/** The keys of a time that comes back each week. */
export const weeklyKeys = {
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .optional()
    .meta({ description: "The days on which it begins; each day if not said.", examples: [["saturday", "sunday"]] }),
  from: timeOfDay(MIDNIGHT - 1, "22:00"),
  to: timeOfDay(MIDNIGHT, "07:00").meta({ description: "Where it is not later than `from`: of the next day." }),
  zone: z
    .string()
    .refine(isZone, {
      error: ({ input }) =>
        `no time zone that is known here${didYouMean(String(input), zoneNames()) || ". Example: Europe/Berlin"}`,
    })
    .meta({ description: "By whose clocks.", examples: ["Europe/Berlin"] }),
};

export interface Weekly {
  readonly days?: readonly Weekday[] | undefined;
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

const SAME = 'is the same as from, which leaves no time between them. For whole days: from: "00:00", to: "24:00"';

/** One whose beginning is its end is refused, whatever else is wrong with it. */
export function withTimeBetween<Shape extends z.ZodType<Weekly>>(shape: Shape): Shape {
  return shape.refine(({ from, to }) => from !== to, {
    path: ["to"],
    error: SAME,
    when: ({ value }) => isMap(value) && typeof value["from"] === "number" && typeof value["to"] === "number",
  });
}

export function windowOf({ days, from, to, zone }: Weekly): WeeklyWindow {
  return { days: days ?? WEEKDAYS, fromMinute: from, toMinute: to, zone };
}
