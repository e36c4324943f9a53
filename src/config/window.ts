import { z } from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { COUNT_MOST, DISTINCT_FIELDS_MOST, KEYS_MOST, type Distinct, type WindowTerms } from "../core/window.ts";
import { fieldTrouble } from "./alert-fields.ts";
import { readCondition, type Reading } from "./condition.ts";
import { durationField } from "./duration.ts";
import { isMap, type Path, type Problem } from "./problem.ts";

/** What counts is kept for as long as the window is. */
const COUNT_WITHIN_MOST_MS = DAY_MS;
const ABSENT_WITHIN_MOST_MS = 31 * DAY_MS;
const FIRST_SEEN_WITHIN_MOST_MS = 90 * DAY_MS;

const USUAL_KEYS = 10_000;
const EXAMPLE = "Example: { count: 8, within: 2m, same: [data.srcip] }";

const Count = z
  .int({ error: "expected a whole number" })
  .min(2, { error: "a window of one alert is no window: leave it out, or ask for at least 2" })
  .max(COUNT_MOST, { error: `too large: at most ${COUNT_MOST}` });

const DistinctFields = z
  .record(
    z.string(),
    z.int({ error: "expected how many different values there must be. Example: 8" }).min(2, {
      error: "one value is no different values: ask for at least 2",
    }),
  )
  .meta({
    description: "How many different values of these fields must be among the alerts.",
    examples: [{ "data.dstuser": 8 }],
  });

export const Window = z
  .strictObject(
    {
      count: Count.optional().meta({ description: "So many alerts; the largest of `distinct` if not said." }),
      within: durationField({ leastMs: SECOND_MS, example: "5m" }).meta({
        description: "The length of the window in event time; how soon it must come again; how long a value is known.",
      }),
      same: z
        .array(z.string())
        .default([])
        .meta({
          description: "Alerts with the same values here are counted together; without it all of the policy.",
          examples: [["data.srcip"]],
        }),
      distinct: DistinctFields.optional(),
      after: z
        .strictObject({
          when: z
            .unknown()
            .refine((when) => when !== undefined, {
              error: "is missing. Example: { rule.groups: authentication_failed }",
            })
            .meta({ $ref: "#/$defs/condition", examples: [{ "rule.groups": "authentication_failed" }] }),
          count: z
            .int({ error: "expected a whole number" })
            .min(1, { error: "at least 1" })
            .max(COUNT_MOST, { error: `too large: at most ${COUNT_MOST}` })
            .default(1),
          distinct: DistinctFields.optional(),
        })
        .optional()
        .meta({ description: "A sequence: an alert of `when` counts only after so many of these." }),
      absent: z
        .literal(true, { error: "expected true; without the key alerts are counted" })
        .optional()
        .meta({ description: "Opens when after one alert no other came within the time; the next one ends it." }),
      first_seen: z
        .string()
        .optional()
        .meta({
          description: "Opens for a value of this field that was not seen within the time.",
          examples: ["data.srcip"],
        }),
      learn: durationField({ leastMs: 0, example: "7d" })
        .optional()
        .meta({ description: "With first_seen: values of this first time are learned and not told." }),
      lateness: durationField({ leastMs: 0, example: "1m" })
        .refine((ms) => ms <= HOUR_MS, { error: "too long: at most 1h" })
        .default(MINUTE_MS)
        .meta({ description: "So much later than those after them may alerts be read and still count." }),
      keys: z
        .int({ error: "expected a whole number" })
        .min(1)
        .max(KEYS_MOST, { error: `too large: at most ${KEYS_MOST}` })
        .default(USUAL_KEYS)
        .meta({ description: "How many different keys are counted at once; alerts of further ones are refused." }),
    },
    { error: ({ input }) => (isMap(input) ? undefined : `expected a map. ${EXAMPLE}`) },
  )
  .meta({ examples: [{ count: 8, within: "2m", same: ["data.srcip"] }] });
export type Window = z.infer<typeof Window>;

const KINDS = ["after", "absent", "first_seen"] as const;

/** What no shape tells: fields that are none, what has no meaning beside what, and what can't be met. */
export function windowProblems(
  policy: Readonly<Record<string, unknown>>,
  at: Path,
  written: Reading["written"],
): readonly Problem[] {
  const { window } = policy;
  if (!isMap(window)) return [];
  const path: Path = [...at, "window"];
  const problems: Problem[] = [];
  const wrong = (keys: Path, where: "key" | "value", says: string): void =>
    void problems.push({ path: [...path, ...keys], at: where, says });
  const { same, count, distinct, after, first_seen: field } = window;

  const kinds = KINDS.filter((kind) => window[kind] !== undefined);
  const [kind, second] = kinds;
  if (second !== undefined) wrong([second], "key", `a window has one of ${KINDS.join(", ")}. Leave out all but one`);
  if (kind === undefined && count === undefined && distinct === undefined)
    problems.push({ path, at: "value", says: `says nothing to wait for. ${EXAMPLE}` });
  for (const key of ["count", "distinct"] as const) {
    if (kind === undefined || window[key] === undefined) continue;
    wrong([key], "key", kind === "after" ? `of what comes before: write it in after` : `has no meaning with ${kind}`);
  }
  if (window["learn"] !== undefined && field === undefined)
    wrong(["learn"], "key", "only with first_seen, which learns what values there are");

  problems.push(...fieldsOf(same, [...path, "same"]));
  if (typeof field === "string") problems.push(...fieldsOf([field], [...path, "first_seen"], "itself"));
  problems.push(...distinctProblems(distinct, count, same, [...path, "distinct"]));
  if (isMap(after)) {
    if (after["when"] !== undefined) readCondition(after["when"], [...path, "after", "when"], { written, problems });
    problems.push(...distinctProblems(after["distinct"], after["count"] ?? 1, same, [...path, "after", "distinct"]));
  }
  if (policy["one_per_alert"] === true)
    problems.push({
      path,
      at: "key",
      says: "with one_per_alert each alert is an incident of its own, so that nothing is counted. Leave out one of the two",
    });
  if (kind === "absent") {
    for (const key of ["group_by", "clear", "hold", "expect_action"]) {
      const says = `has no meaning for what did not come: with absent the key of same is the incident, and the next alert ends it`;
      if (policy[key] !== undefined) problems.push({ path: [...at, key], at: "key", says });
    }
  }
  return problems;
}

/** Mistakes that only show once durations are read. */
export function windowTimeProblems({ window }: { readonly window?: Window | undefined }, at: Path): readonly Problem[] {
  if (window === undefined) return [];
  const [mostMs, text] =
    window.absent === true
      ? [ABSENT_WITHIN_MOST_MS, "31d"]
      : window.first_seen !== undefined
        ? [FIRST_SEEN_WITHIN_MOST_MS, "90d"]
        : [COUNT_WITHIN_MOST_MS, "24h"];
  const problems: Problem[] = [];
  const path: Path = [...at, "window"];
  if (window.within > mostMs)
    problems.push({
      path: [...path, "within"],
      at: "value",
      says: `too long: at most ${text}, since all of it is kept`,
    });
  if (window.learn !== undefined && window.learn > FIRST_SEEN_WITHIN_MOST_MS)
    problems.push({ path: [...path, "learn"], at: "value", says: "too long: at most 90d" });
  return problems;
}

function fieldsOf(fields: unknown, path: Path, where: "list" | "itself" = "list"): readonly Problem[] {
  if (!Array.isArray(fields)) return [];
  return fields.flatMap((field: unknown, i): readonly Problem[] => {
    const says = typeof field === "string" ? fieldTrouble(field) : null;
    return says === null ? [] : [{ path: where === "list" ? [...path, i] : path, at: "value", says }];
  });
}

function distinctProblems(distinct: unknown, count: unknown, same: unknown, path: Path): readonly Problem[] {
  if (!isMap(distinct)) return [];
  const fields = Object.entries(distinct);
  const problems: Problem[] = [];
  if (fields.length > DISTINCT_FIELDS_MOST)
    problems.push({ path, at: "value", says: `too many fields: at most ${DISTINCT_FIELDS_MOST}` });
  for (const [field, least] of fields) {
    const trouble = fieldTrouble(field);
    if (trouble !== null) problems.push({ path: [...path, field], at: "key", says: trouble });
    else if (Array.isArray(same) && same.includes(field))
      problems.push({
        path: [...path, field],
        at: "key",
        says: "is in same, so that all alerts of a window have one value",
      });
    if (typeof least !== "number") continue;
    if (typeof count === "number" && least > count)
      problems.push({
        path: [...path, field],
        at: "value",
        says: `more different values than alerts: at most ${count}, which is the count`,
      });
    else if (least > COUNT_MOST)
      problems.push({ path: [...path, field], at: "value", says: `too large: at most ${COUNT_MOST}` });
  }
  return problems;
}

/** The terms of a window that had no problem. */
export function windowOf(window: Window): WindowTerms {
  const { within, same, lateness, keys, after } = window;
  const shared = { withinMs: within, same, latenessMs: lateness, keysMost: keys };
  if (window.absent === true) return { kind: "absence", ...shared };
  if (window.first_seen !== undefined)
    return { kind: "first_seen", field: window.first_seen, learnMs: window.learn ?? 7 * DAY_MS, ...shared };
  const distinct = distinctOf(after?.distinct ?? window.distinct);
  if (after !== undefined) return { kind: "sequence", count: after.count, distinct, ...shared };
  const count = window.count ?? Math.max(2, ...distinct.map(({ least }) => least));
  return { kind: "count", count, distinct, ...shared };
}

function distinctOf(distinct: Readonly<Record<string, number>> | undefined): readonly Distinct[] {
  return Object.entries(distinct ?? {}).map(([field, least]) => ({ field, least }));
}
