import { z } from "zod";
import type { HushTerms, QuietHours } from "../core/hush.ts";
import { SAME_FIELDS, type IncidentKind } from "../core/inhibit.ts";
import { SEVERITIES, type Severity } from "../core/severity.ts";
import { coverWeek, WEEKDAYS } from "../core/weekly-window.ts";
import { DAY_MS } from "../core/time.ts";
import { fieldTrouble } from "./alert-fields.ts";
import { durationField } from "./duration.ts";
import { Name } from "./name.ts";
import { didYouMean } from "./nearest.ts";
import { isMap, isPlainKey, type Path, type Problem } from "./problem.ts";
import { weeklyKeys, windowOf, withTimeBetween, type Weekly } from "./weekly.ts";

const Names = z.union([z.string().transform((name) => [name]), z.array(z.string()).min(1)], {
  error: ({ input }) =>
    Array.isArray(input) || input === undefined ? undefined : "expected a name or a list of names",
});
const Severities = z.union([z.enum(SEVERITIES).transform((one) => [one]), z.array(z.enum(SEVERITIES)).min(1)], {
  error: ({ input }) =>
    Array.isArray(input) || input === undefined
      ? undefined
      : `expected one of ${SEVERITIES.join(", ")}, or a list of them`,
});

const Kind = z.strictObject({ policy: Names, severity: Severities.optional() });

export const Inhibit = z
  .array(
    z.strictObject({
      when: Kind.meta({ description: "While an incident of these is not over …" }),
      hide: Kind.meta({ description: "… these are not told." }),
      same: z
        .array(z.string())
        .optional()
        .meta({ description: "Only where both have the same values here.", examples: [["agent.id"]] }),
    }),
  )
  .meta({ examples: [[{ when: { policy: "datacenter-down" }, hide: { policy: "agent-lost" } }]] });

export const MuteTimes = z
  .array(
    withTimeBetween(
      z.strictObject({
        name: Name,
        policies: z.array(z.string()).min(1).optional().meta({ description: "Of all policies if not said." }),
        destinations: z.array(z.string()).min(1).optional().meta({ description: "At all destinations if not said." }),
        ...weeklyKeys,
      }),
    ),
  )
  .meta({ description: "Times in which incidents are not told, like those of planned work." });

const quietKeys = {
  ...weeklyKeys,
  let_through: z
    .enum(["medium", "high", "critical"])
    .default("high")
    .meta({ description: "This and worse is told all the same." }),
};

export const QuietHoursShape = withTimeBetween(z.strictObject(quietKeys)).meta({
  description: "Hours in which what is not so bad waits until they are over.",
  examples: [{ from: "22:00", to: "07:00", zone: "Europe/Berlin" }],
});

const OFF_RULE = 'expected off, or hours. Example: { from: "22:00", to: "07:00", zone: Europe/Berlin }';

/** What every destination may say, whatever its type. */
export const DestinationHush = z.object({
  min_severity: z.enum(SEVERITIES).optional().meta({ description: "It hears of nothing milder." }),
  quiet_hours: z
    .union(
      [
        z
          .string()
          .regex(/^off$/, { error: OFF_RULE })
          .transform((): "off" => "off"),
        QuietHoursShape,
      ],
      { error: ({ input }) => (isMap(input) || typeof input === "string" ? undefined : OFF_RULE) },
    )
    .optional()
    .meta({ description: "Its own instead of those of all; off: none." }),
});
export type DestinationHush = z.output<typeof DestinationHush>;
export const DESTINATION_HUSH_KEYS = Object.keys(DestinationHush.shape) as (keyof DestinationHush)[];

export const WarmUp = durationField({ leastMs: 0, example: "24h" });

/** The keys of the file that say when not to tell. */
export const hushKeys = {
  inhibit: Inhibit.optional(),
  mute_times: MuteTimes.optional(),
  quiet_hours: QuietHoursShape.optional(),
  warm_up: WarmUp.optional().meta({
    description: "For so long after the install no tickets are made; 0s: from the start.",
  }),
};

export interface HushShape {
  readonly inhibit?: z.output<typeof Inhibit> | undefined;
  readonly mute_times?: z.output<typeof MuteTimes> | undefined;
  readonly quiet_hours?: z.output<typeof QuietHoursShape> | undefined;
  readonly warm_up?: number | undefined;
}

export function quietHoursOf(shape: Weekly & { readonly let_through: Severity }): QuietHours {
  return { ...windowOf(shape), letThrough: shape.let_through };
}

/** Null: the config says nothing of it. */
export function hushTermsOf({
  inhibit = [],
  mute_times: mutes = [],
  quiet_hours: quiet,
  warm_up: warmUpMs = 0,
}: HushShape): HushTerms | null {
  if (inhibit.length === 0 && mutes.length === 0 && quiet === undefined && warmUpMs === 0) return null;
  return {
    inhibit: inhibit.map(({ when, hide, same }) => ({ when: kindOf(when), hide: kindOf(hide), same: same ?? [] })),
    muteTimes: mutes.map((mute) => ({
      ...windowOf(mute),
      name: mute.name,
      policies: mute.policies ?? null,
      destinations: mute.destinations ?? null,
    })),
    quietHours: quiet === undefined ? null : quietHoursOf(quiet),
    warmUpMs,
  };
}

function kindOf({ policy, severity }: z.output<typeof Kind>): IncidentKind {
  return { policies: [...new Set(policy)], severities: severity ?? SEVERITIES };
}

interface KnownPolicy {
  readonly name: string;
  readonly groupBy: readonly string[];
}

/** Names that are none, and incidents that would hide each other: nobody would hear of either. */
export function hushProblems(
  shape: HushShape,
  policies: readonly KnownPolicy[],
  destinations: readonly string[],
  mayBeLater: (name: string) => boolean,
): readonly Problem[] {
  const unknown = (names: readonly string[], known: readonly string[], what: string, path: Path): readonly Problem[] =>
    names.flatMap((name, i): readonly Problem[] => {
      if (known.includes(name) || mayBeLater(name)) return [];
      const there = known.filter(isPlainKey).join(", ") || "none";
      const says = `no ${what} of this name${didYouMean(name, known) || `. There are: ${there}`}`;
      return [{ path: [...path, i], at: "value", says }];
    });
  const names = policies.map(({ name }) => name);
  const mutes = (shape.mute_times ?? []).flatMap((mute, i, all): readonly Problem[] => {
    const path: Path = ["mute_times", i];
    const isTwin = all.findIndex(({ name }) => name === mute.name) < i;
    return [
      ...(isTwin ? [{ path: [...path, "name"], at: "value" as const, says: "another mute time has this name" }] : []),
      ...unknown(mute.policies ?? [], names, "policy", [...path, "policies"]),
      ...unknown(mute.destinations ?? [], destinations, "destination", [...path, "destinations"]),
    ];
  });
  const inhibit = shape.inhibit ?? [];
  const rules = inhibit.flatMap((rule, i): readonly Problem[] => [
    ...unknown(rule.when.policy, names, "policy", ["inhibit", i, "when", "policy"]),
    ...unknown(rule.hide.policy, names, "policy", ["inhibit", i, "hide", "policy"]),
    ...(rule.same ?? []).flatMap((field, at) => sameProblems(field, rule, policies, ["inhibit", i, "same", at])),
  ]);
  return [...mutes, ...rules, ...circles(inhibit)];
}

type Rule = NonNullable<HushShape["inhibit"]>[number];

/** An incident knows its agent, its rule and what it is grouped by, and nothing else of its alerts. */
function sameProblems(
  field: string,
  { when, hide }: Rule,
  policies: readonly KnownPolicy[],
  path: Path,
): readonly Problem[] {
  const trouble = fieldTrouble(field);
  if (trouble !== null) return [{ path, at: "value", says: trouble }];
  if (SAME_FIELDS.includes(field)) return [];
  const without = [...when.policy, ...hide.policy].find((name) =>
    policies.some((policy) => policy.name === name && !policy.groupBy.includes(field)),
  );
  if (without === undefined) return [];
  const says = `${without} does not group by it, so its incidents don't know it. Add it to the group_by of ${without}`;
  return [{ path, at: "value", says }];
}

/** By policy and severity: whoever can be reached from himself hides himself in the end. */
function circles(inhibit: readonly Rule[]): readonly Problem[] {
  const hides = new Map<string, { readonly to: string; readonly rule: number }[]>();
  const nodes = ({ policy, severity }: Rule["when"]): readonly string[] =>
    policy.flatMap((name) => (severity ?? SEVERITIES).map((one) => `${name} ${one}`));
  inhibit.forEach(({ when, hide }, rule) => {
    for (const from of nodes(when)) {
      const known = hides.get(from) ?? [];
      hides.set(from, [...known, ...nodes(hide).map((to) => ({ to, rule }))]);
    }
  });
  const reaches = (from: string, goal: string): boolean => {
    const seen = new Set([from]);
    const next = [from];
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      if (at === goal) return true;
      for (const { to } of hides.get(at) ?? []) if (!seen.has(to)) next.push((seen.add(to), to));
    }
    return false;
  };
  return inhibit.flatMap(({ when, hide }, i): readonly Problem[] => {
    const isCircle = nodes(hide).some((from) => nodes(when).some((goal) => reaches(from, goal)));
    const isOwn = nodes(hide).some((name) => nodes(when).includes(name));
    const says = isOwn
      ? "hides incidents because of others of the same policy and severity, so two of them hide each other. Name a severity in when and a milder one in hide"
      : "what it hides hides, by this rule or others, what it is hidden by, so that nobody hears of either. Take one of them out";
    return isCircle ? [{ path: ["inhibit", i, "hide"], at: "value", says }] : [];
  });
}

/** What is allowed and yet hardly meant. */
export function hushDoubts(shape: HushShape): readonly Problem[] {
  const always = (window: Weekly): boolean =>
    coverWeek([{ days: window.days ?? WEEKDAYS, fromMinute: window.from, toMinute: window.to }]);
  const mutes = (shape.mute_times ?? []).flatMap((mute, i): readonly Problem[] => {
    const says = "is the whole week, so that these are never told. Take them out of tell, or name days";
    return always(mute) ? [{ path: ["mute_times", i], at: "value", says }] : [];
  });
  const quiet =
    shape.quiet_hours !== undefined && always(shape.quiet_hours)
      ? [
          {
            path: ["quiet_hours"],
            at: "value" as const,
            says: "are the whole week, so that what does not go through is never told. For that there is min_severity",
          },
        ]
      : [];
  const long = (shape.warm_up ?? 0) > WARM_UP_USUAL_MS;
  const says = "is longer than two weeks, in which nobody gets a ticket";
  return [...mutes, ...quiet, ...(long ? [{ path: ["warm_up"], at: "value" as const, says }] : [])];
}

const WARM_UP_USUAL_MS = 14 * DAY_MS;
