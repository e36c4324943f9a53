// How a file of tests of policies is written, and the times in it.
import { z } from "zod";
import { SEVERITIES } from "../core/severity.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "../core/time.ts";
import { isMap } from "./problem.ts";

const DURATION = "expected a duration or an instant. Example: 31m, or 2026-01-05T09:31:00Z";
const REPEAT = "expected how often, and how far apart. Example: 8 every 10s";
const START = "2026-01-05T09:00:00Z";
const REPEAT_MOST = 10_000;

/** A duration from the beginning of the test on, or an instant. */
const At = z
  .string({ error: ({ input }) => (input === undefined ? undefined : DURATION) })
  .refine((text) => timeOf(text, 0) !== null, { error: DURATION });

const Start = z
  .string({ error: `expected an instant. Example: ${START}` })
  .refine((text) => instantOf(text) !== null, { error: `expected an instant. Example: ${START}` });

const Repeat = z
  .string({ error: REPEAT })
  .refine((text) => repeatOf(text) !== null, { error: REPEAT })
  .refine((text) => (repeatOf(text)?.count ?? 0) <= REPEAT_MOST, {
    error: `too often: at most ${REPEAT_MOST} times`,
  });

const Fields = z.record(z.string(), z.unknown());
export const Given = z.strictObject({
  at: At.optional(),
  alert: z.union([z.string(), Fields]).optional(),
  from: z.string().optional(),
  repeat: Repeat.optional(),
});
const Times = z.int().min(1).max(REPEAT_MOST).optional();
const Incident = z.strictObject({
  policy: z.string(),
  group: z.record(z.string(), z.unknown()).optional(),
  severity: z.enum(SEVERITIES).optional(),
  state: z.enum(["pending", "open", "acknowledged", "resolved"]).optional(),
  count: z.int().min(1).optional(),
  title: z.string().optional(),
  times: Times,
});
const Told = z.strictObject({
  to: z.string(),
  policy: z.string().optional(),
  severity: z.enum(SEVERITIES).optional(),
  says: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  at: At.optional(),
  times: Times,
});
export const Expectation = z.strictObject({
  at: At.optional(),
  incidents: z.array(Incident).optional(),
  told: z.array(Told).optional(),
});
const NOTHING = "expected a list of what should be when, or nothing";
export const OneTest = z.strictObject({
  name: z.string().min(1),
  start: Start.optional(),
  given: z.array(Given).min(1),
  expect: z.union([z.literal("nothing"), Expectation, z.array(Expectation).min(1)], {
    error: ({ input }) => (isMap(input) || Array.isArray(input) ? undefined : NOTHING),
  }),
});
export const TestFile = z.strictObject({
  config: z.string().min(1).optional(),
  start: Start.default(START),
  alerts: z.record(z.string(), Fields).optional(),
  tests: z.array(OneTest).min(1),
});
export type Given = z.infer<typeof Given>;
export type Expectation = z.infer<typeof Expectation>;
export type OneTest = z.infer<typeof OneTest>;
export type TestFile = z.infer<typeof TestFile>;

/** A duration counts from the start. */
export function timeOf(text: string, startAt: Instant): Instant | null {
  const ms = durationOf(text);
  return ms === null ? instantOf(text) : startAt + ms;
}

const UNITS: Readonly<Record<string, number>> = { d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS };

/** `90s`, `1h30m`. */
function durationOf(text: string): number | null {
  if (!/^(?:\d{1,6}[dhms])+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)([dhms])/g)].reduce((sum, [, figure, unit = ""]) => {
    return sum + Number(figure) * (UNITS[unit] ?? 0);
  }, 0);
}

export function instantOf(text: string): Instant | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

export function repeatOf(text: string): { readonly count: number; readonly everyMs: number } | null {
  const [, figure, every = ""] = /^(\d{1,6}) every (\S+)$/.exec(text) ?? [];
  const everyMs = durationOf(every);
  if (figure === undefined || everyMs === null || Number(figure) < 1) return null;
  return { count: Number(figure), everyMs };
}
