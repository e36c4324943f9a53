import { z } from "zod";
import { spanWords, type Repeat, type RepeatBySeverity } from "../core/rhythm.ts";
import { SEVERITIES, type Severity } from "../core/severity.ts";
import type { PolicyTerms } from "../core/snapshot.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { durationField, parseDuration } from "./duration.ts";
import { didYouMean } from "./nearest.ts";
import { isMap, isPlainKey, type Path, type Problem } from "./problem.ts";

const REPEAT_RULE =
  "expected off, how often, or a map. Examples: 4h, { every: 1h, up_to: 24h }, { critical: 4h, high: 24h, medium: off }";

/** Whoever is told of the same thing twice within a minute is not reminded but spammed. */
const REPEAT_LEAST_MS = MINUTE_MS;
const Often = durationField({ leastMs: REPEAT_LEAST_MS, example: "4h" });

const OftenOrOff = z
  .string({ error: REPEAT_RULE })
  .regex(/^(?:off|\d{1,9}[smhd])$/, { error: REPEAT_RULE, abort: true })
  .transform((text) => (text === "off" ? ("off" as const) : (parseDuration(text) ?? 0)))
  .refine((ms) => ms === "off" || ms >= REPEAT_LEAST_MS, {
    error: `too short: at least ${REPEAT_LEAST_MS / SECOND_MS}s`,
  })
  .refine((ms) => ms === "off" || ms <= 3_650 * DAY_MS, { error: "too long: at most 3650d" });

const isWord = (input: unknown): boolean => isMap(input) || typeof input === "string";
const GROWS_RULE = "shorter than every: the waits double until they are this long. Example: { every: 1h, up_to: 24h }";

const Growing = z
  .strictObject({ every: Often, up_to: Often.optional() })
  .refine(({ every, up_to: most = every }) => most >= every, { path: ["up_to"], error: GROWS_RULE });

const OfSeverity = z.union([OftenOrOff, Growing], {
  error: ({ input }) => (isWord(input) ? undefined : REPEAT_RULE),
});

/** Of one form or the other; one schema for both, so that each mistake in it has its own place. */
const RepeatMap = z
  .strictObject({
    every: Often.optional(),
    up_to: Often.optional(),
    low: OfSeverity.optional(),
    medium: OfSeverity.optional(),
    high: OfSeverity.optional(),
    critical: OfSeverity.optional(),
  })
  .superRefine((map, context) => {
    const complain = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    const named = SEVERITIES.filter((severity) => map[severity] !== undefined);
    if (map.every === undefined && map.up_to !== undefined)
      complain("up_to", "only beside every, up to which it grows");
    if (map.every !== undefined && (map.up_to ?? map.every) < map.every) complain("up_to", GROWS_RULE);
    if (map.every === undefined) return;
    for (const severity of named) complain(severity, "either every, or by severity. Leave out one of the two");
  });

const RepeatShape = z.union([OftenOrOff, RepeatMap], {
  error: ({ input }) => (isWord(input) ? undefined : REPEAT_RULE),
});
type RepeatShape = z.infer<typeof RepeatShape>;

const ESCALATE_RULE = "expected after what time, and whom. Example: { unacknowledged: 30m, to: [on-call] }";

/** The keys of a policy that say when people hear of it, and again. */
export const rhythmKeys = {
  group_wait: durationField({ leastMs: 0, example: "10s" }).optional().meta({
    description:
      "The first word of an incident waits this long for what else comes in the same breath; of a critical one it never waits. Without it: at once.",
  }),
  group_interval: durationField({ leastMs: 0, example: "5m" }).optional().meta({
    description:
      "At least this long between two words about the same incident, where it only grew, came back or is over; what got worse, what people do and what is critical is told at once. Without it: at once.",
  }),
  repeat: RepeatShape.optional().meta({
    description:
      "How often an incident that nobody has acknowledged is told again: off, one time for all severities, or by severity; { every: 1h, up_to: 24h } waits twice as long each time. Without it: critical every 4h, high every 24h.",
    examples: ["4h"],
  }),
  escalate: z
    .strictObject(
      {
        unacknowledged: durationField({ leastMs: SECOND_MS, example: "30m" }),
        to: z.array(z.string()).min(1, { error: "names nobody. Example: [on-call]" }),
      },
      { error: ({ input }) => (isMap(input) ? undefined : ESCALATE_RULE) },
    )
    .optional()
    .meta({
      description: "Who else is told when nobody has acknowledged the incident in this time.",
      examples: [{ unacknowledged: "30m", to: ["on-call"] }],
    }),
};

const ofRhythm = z.object(rhythmKeys);
type RhythmShape = z.infer<typeof ofRhythm>;

const USUAL_REPEAT: RepeatBySeverity = {
  high: fixed(DAY_MS),
  critical: fixed(4 * HOUR_MS),
};

/** `isAlone`: every alert is an incident of its own, and nobody is reminded of each of them unless he asks for it. */
export function rhythmOf(shape: RhythmShape, isAlone: boolean): Partial<PolicyTerms> {
  const { group_wait: groupWaitMs = 0, group_interval: groupIntervalMs = 0, escalate } = shape;
  const repeat = repeatOf(shape.repeat, isAlone ? {} : USUAL_REPEAT);
  return {
    ...(groupWaitMs > 0 && { groupWaitMs }),
    ...(groupIntervalMs > 0 && { groupIntervalMs }),
    ...(Object.keys(repeat).length > 0 && { repeat }),
    ...(escalate !== undefined && { escalate: { afterMs: escalate.unacknowledged, to: [...new Set(escalate.to)] } }),
  };
}

/** A severity that a map leaves out keeps its default, as in `tell`. */
function repeatOf(shape: RepeatShape | undefined, usual: RepeatBySeverity): RepeatBySeverity {
  if (shape === undefined) return usual;
  const ofAll = shape === "off" || typeof shape === "number" ? shape : growingOf(shape.every, shape.up_to);
  const said = SEVERITIES.map((severity): readonly [Severity, Repeat | undefined] => {
    if (ofAll !== null) return [severity, oneOf(ofAll)];
    const one = typeof shape === "object" ? shape[severity] : undefined;
    if (one === undefined) return [severity, usual[severity]];
    return [severity, typeof one === "object" ? (growingOf(one.every, one.up_to) ?? undefined) : oneOf(one)];
  });
  return Object.fromEntries(said.filter(([, repeat]) => repeat !== undefined)) as RepeatBySeverity;
}

function oneOf(one: "off" | number | Repeat): Repeat | undefined {
  if (one === "off") return undefined;
  return typeof one === "number" ? fixed(one) : one;
}

function growingOf(everyMs: number | undefined, mostMs: number | undefined): Repeat | null {
  return everyMs === undefined ? null : { everyMs, mostMs: mostMs ?? everyMs };
}

function fixed(everyMs: number): Repeat {
  return { everyMs, mostMs: everyMs };
}

/** Those who are to be told when nobody answers must be there. Works on the plain values of one policy. */
export function escalateProblems(escalate: unknown, path: Path, destinations: readonly string[]): readonly Problem[] {
  const to = isMap(escalate) ? escalate["to"] : null;
  if (!Array.isArray(to)) return [];
  return to.flatMap((name: unknown, i): readonly Problem[] => {
    if (typeof name !== "string" || destinations.includes(name)) return [];
    const known = destinations.filter(isPlainKey).join(", ") || "none";
    const says = `no destination of this name${didYouMean(name, destinations) || `. There are: ${known}`}`;
    return [{ path: [...path, "to", i], at: "value", says }];
  });
}

/** What of a policy's rhythm can never come about, or does something else than it says. */
export function rhythmDoubts(terms: PolicyTerms, written: RhythmShape, path: Path): readonly Problem[] {
  const { repeat = {}, escalate, groupIntervalMs = 0, resolveAfterMs, severity, tell } = terms;
  const doubts: Problem[] = [];
  const doubt = (key: string, says: string, at: "key" | "value" = "value") =>
    doubts.push({ path: [...path, ...key.split(".")], at, says });
  const shortest = Math.min(...Object.values(repeat).map(({ everyMs }) => everyMs));
  if (written.repeat !== undefined && shortest < groupIntervalMs)
    doubt(
      "repeat",
      `shorter than group_interval (${spanWords(groupIntervalMs)}), and goes past it: people hear more often than that`,
      "key",
    );
  if (written.repeat !== undefined && shortest < Infinity && shortest >= resolveAfterMs)
    doubt(
      "repeat",
      `nothing is told again: after ${spanWords(resolveAfterMs)} of quiet the incident is over (resolve_after)`,
      "key",
    );
  if (terms.groupWaitMs !== undefined && severity === "critical")
    doubt("group_wait", "waits for nothing: what is critical is told at once", "key");
  if (escalate === undefined) return doubts;
  const hearers = SEVERITIES.map((each) => tell[each]).filter((names) => names.length > 0);
  for (const [i, name] of escalate.to.entries()) {
    if (hearers.length > 0 && hearers.every((names) => names.includes(name)))
      doubts.push({
        path: [...path, "escalate", "to", i],
        at: "value",
        says: "hears of these incidents already, by tell. Name somebody who does not",
      });
  }
  if (escalate.afterMs >= resolveAfterMs)
    doubt(
      "escalate.unacknowledged",
      `nobody else is ever told of one that goes quiet: after ${spanWords(resolveAfterMs)} it is over (resolve_after)`,
    );
  return doubts;
}
