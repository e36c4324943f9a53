import { z } from "zod";
import type { Policy } from "../core/policy.ts";
import { SEVERITIES, type Severity } from "../core/severity.ts";
import type { ExpectedAction, PolicyTerms } from "../core/snapshot.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { fieldTrouble } from "./alert-fields.ts";
import { readCondition, type Reading } from "./condition.ts";
import { durationField } from "./duration.ts";
import { Name } from "./name.ts";
import { didYouMean } from "./nearest.ts";
import { escalateProblems, rhythmKeys, rhythmOf } from "./rhythm.ts";
import { isMap, isPlainKey, type Path, type Problem } from "./problem.ts";
import { Window, windowOf, windowProblems } from "./window.ts";
import { keyFieldsOf } from "../core/window.ts";
import { Respond, respondProblems, respondTermsOf } from "./respond.ts";

const TellBySeverity = z.strictObject({
  low: z.array(z.string()).optional(),
  medium: z.array(z.string()).optional(),
  high: z.array(z.string()).optional(),
  critical: z.array(z.string()).optional(),
});

/** A condition has a grammar of its own (condition.ts), which json-schema.ts describes to editors. */
const When = z
  .unknown()
  .refine((when) => when !== undefined, { error: 'is missing. Example: { rule.level: ">= 10" }' })
  .meta({ $ref: "#/$defs/condition", examples: [{ "rule.level": ">= 10" }] });

const EXPECT_ACTION_RULE = "expected true, or when Wazuh lifts it again. Example: { lifted_after: 5m }";

/** As many openings as are kept of a policy, to count them by. */
const ABOVE_MOST = 500;
const COLLAPSE_RULE = "expected off, or above how many incidents within what time. Example: { above: 10, within: 10m }";

const Collapse = z.union(
  [
    // Not a literal, which would hide what is wrong with a map.
    z
      .string()
      .regex(/^off$/, { error: COLLAPSE_RULE })
      .transform((): "off" => "off"),
    z.strictObject({
      above: z.int().min(1).max(ABOVE_MOST).default(10),
      within: durationField({ leastMs: SECOND_MS, example: "10m" }).default(10 * MINUTE_MS),
    }),
  ],
  { error: ({ input }) => (isMap(input) || typeof input === "string" ? undefined : COLLAPSE_RULE) },
);

const FLAPPING_RULE = "expected off, or above how many openings within what time. Example: { above: 4, within: 1h }";

const Flapping = z.union(
  [
    z
      .string()
      .regex(/^off$/, { error: FLAPPING_RULE })
      .transform((): "off" => "off"),
    z.strictObject({
      above: z.int().min(2).max(50).default(4),
      within: durationField({ leastMs: MINUTE_MS, example: "1h" }).default(HOUR_MS),
    }),
  ],
  { error: ({ input }) => (isMap(input) || typeof input === "string" ? undefined : FLAPPING_RULE) },
);

const ONE_PER_ALERT_RULE = "expected true; without the key alerts are grouped";

export const PolicyShape = z.strictObject({
  name: Name,
  when: When.meta({ description: "Which alerts the policy takes." }),
  clear: When.optional().meta({ description: "Which alerts end the incident; asked before `when`." }),
  group_by: z
    .array(z.string())
    .optional()
    .meta({
      description: "Alerts with the same values here are one incident; [] for one incident in all.",
      examples: [["rule.id", "agent.id"]],
    }),
  one_per_alert: z.literal(true, { error: ONE_PER_ALERT_RULE }).optional().meta({
    description: "Each alert is an incident of its own, told by itself, and nobody hears that it is over.",
  }),
  severity: z.enum(SEVERITIES).optional().meta({ description: "By Wazuh's bands of levels if not said." }),
  tell: z
    .union([z.array(z.string()), TellBySeverity])
    .optional()
    .meta({ description: "Names of destinations, for all severities or by severity." }),
  playbook: Name.optional().meta({
    description:
      "What to do about its incidents: a file of the folder `playbooks`, without .md, or one that comes with Riposte.",
    examples: ["agent-disconnection"],
  }),
  continue: z.boolean().default(false).meta({ description: "Policies after this one are asked as well." }),
  hold: durationField({ leastMs: SECOND_MS, example: "30m" })
    .optional()
    .meta({ description: "Wait this long for an alert that clears the incident before anybody hears of it." }),
  resolve_after: durationField({ leastMs: SECOND_MS, example: "24h" })
    .optional()
    .meta({ description: "Resolved after this much quiet." }),
  window: Window.optional().meta({
    description: "What must come together before the policy opens an incident; until then nobody hears of it.",
  }),
  collapse: Collapse.default({ above: 10, within: 10 * MINUTE_MS }).meta({
    description:
      "When more than this many incidents of the policy open within the time, all further ones are told in one mass event; off: one by one, however many.",
  }),
  ...rhythmKeys,
  flapping: Flapping.default({ above: 4, within: HOUR_MS }).meta({
    description:
      "When one incident opens more often than this within the time, that is told once, and then nothing until it was calm for as long; off: each time.",
  }),
  expect_action: z
    .union([z.boolean(), z.strictObject({ lifted_after: durationField({ leastMs: SECOND_MS, example: "5m" }) })], {
      error: EXPECT_ACTION_RULE,
    })
    .optional()
    .meta({
      description:
        "Wazuh's own active response answers these alerts: the first message and ticket wait for what it did (respond_wait), and with lifted_after you are told when no order to lift it was seen by then.",
    }),
  respond: Respond.optional().meta({
    description:
      "What Riposte answers these alerts with, within what guardrails allow; observed and not done if guardrails.mode does not say otherwise.",
    examples: [{ do: "disable-account", user: "data.dstuser", lift_after: "1h", only_if: "account_taken" }],
  }),
  reopen_within: durationField({ leastMs: 0, example: "7d" })
    .optional()
    .meta({ description: "An alert this long after the end opens the same incident again." }),
});
export type PolicyShape = z.infer<typeof PolicyShape>;

const GROUP_BY = ["rule.id", "agent.id"];
/** What makes an alert itself and no other; the same again is a duplicate, and in no group at all. */
const ONE_BY_ONE = ["cluster.name", "cluster.node", "manager.name", "timestamp", "id", "rule.id"];

/**
 * The mistakes in the policies that no shape tells: in conditions, field names and references. Works on the plain
 * values, so that they come out together with all others.
 */
export function policyProblems(
  policies: unknown,
  destinations: readonly string[],
  written: Reading["written"],
): Problem[] {
  if (!Array.isArray(policies)) return [];
  const problems: Problem[] = [];
  const namedAt = new Map<unknown, number>();
  policies.forEach((policy: unknown, i) => {
    if (!isMap(policy)) return;
    const path: Path = ["policies", i];
    const first = namedAt.get(policy["name"]);
    if (first === undefined) namedAt.set(policy["name"], i);
    else if (typeof policy["name"] === "string") {
      const says = `there is another policy of this name, the ${ordinal(first + 1)} in the list`;
      problems.push({ path: [...path, "name"], at: "value", says });
    }
    for (const key of ["when", "clear"]) {
      if (policy[key] !== undefined) readCondition(policy[key], [...path, key], { written, problems });
    }
    problems.push(...fieldProblems(policy["group_by"], [...path, "group_by"]));
    problems.push(...oneByOneProblems(policy, path));
    problems.push(...windowProblems(policy, path, written));
    problems.push(...respondProblems(policy, path));
    problems.push(...tellProblems(policy["tell"], [...path, "tell"], destinations));
    problems.push(...escalateProblems(policy["escalate"], [...path, "escalate"], destinations));
  });
  return problems;
}

/** What has no meaning where every alert stands alone. */
function oneByOneProblems(policy: Readonly<Record<string, unknown>>, path: Path): readonly Problem[] {
  if (policy["one_per_alert"] !== true) return [];
  const trouble = (key: string, says: string): readonly Problem[] =>
    policy[key] === undefined ? [] : [{ path: [...path, key], at: "key", says: `${says}. Leave out one of the two` }];
  return [
    ...trouble("group_by", "with one_per_alert there is nothing to group by: each alert is an incident of its own"),
    ...trouble("clear", "with one_per_alert no alert can end another's incident"),
    ...(policy["expect_action"] === false
      ? []
      : trouble("expect_action", "with one_per_alert nobody can say which alert a response answers")),
    ...(isMap(policy["collapse"]) ? trouble("collapse", "with one_per_alert nothing is told together") : []),
  ];
}

function ordinal(n: number): string {
  return ["first", "second", "third"][n - 1] ?? `${n}th`;
}

function fieldProblems(groupBy: unknown, path: Path): readonly Problem[] {
  if (!Array.isArray(groupBy)) return [];
  return groupBy.flatMap((field: unknown, i): readonly Problem[] => {
    const says = typeof field === "string" ? fieldTrouble(field) : null;
    return says === null ? [] : [{ path: [...path, i], at: "value", says }];
  });
}

function tellProblems(tell: unknown, path: Path, destinations: readonly string[]): readonly Problem[] {
  if (isMap(tell)) return Object.entries(tell).flatMap(([key, of]) => tellProblems(of, [...path, key], destinations));
  if (!Array.isArray(tell)) return [];
  return tell.flatMap((name: unknown, i): readonly Problem[] => {
    if (typeof name !== "string" || destinations.includes(name)) return [];
    const meant = didYouMean(name, destinations);
    const known = destinations.filter(isPlainKey).join(", ") || "none";
    return [
      { path: [...path, i], at: "value", says: `no destination of this name${meant || `. There are: ${known}`}` },
    ];
  });
}

/** Makes a policy of a shape that had no problem. */
export function policyOf(
  shape: PolicyShape,
  destinations: readonly { readonly name: string; readonly type: string }[],
  respondWaitMs = 0,
): Policy {
  const isAlone = shape.one_per_alert === true;
  const window = shape.window === undefined ? undefined : windowOf(shape.window);
  const after = shape.window?.after;
  const read = (value: unknown) => readCondition(value, [], { written: () => null, problems: [] });
  return {
    terms: {
      name: shape.name,
      groupBy: isAlone ? ONE_BY_ONE : (shape.group_by ?? (window === undefined ? GROUP_BY : keyFieldsOf(window))),
      severity: shape.severity ?? null,
      tell: tellOf(shape.tell, defaultTell(destinations)),
      holdMs: shape.hold ?? null,
      resolveAfterMs: shape.resolve_after ?? DAY_MS,
      reopenWithinMs: shape.reopen_within ?? 7 * DAY_MS,
      ...(shape.playbook !== undefined && { playbook: shape.playbook }),
      ...(isAlone ? { onePerAlert: true } : { ...collapseOf(shape.collapse), ...flappingOf(shape.flapping) }),
      ...rhythmOf(shape, isAlone),
      ...expectedOf(shape.expect_action, respondWaitMs),
      ...(window !== undefined && { window }),
      ...respondOf(shape.respond, respondWaitMs),
    },
    when: read(shape.when),
    clear: shape.clear === undefined ? null : read(shape.clear),
    ...(after !== undefined && { after: read(after.when) }),
    continues: shape.continue,
  };
}

function collapseOf(collapse: PolicyShape["collapse"]): Pick<PolicyTerms, "collapse"> {
  return collapse === "off" ? {} : { collapse: { above: collapse.above, withinMs: collapse.within } };
}

function flappingOf(flapping: PolicyShape["flapping"]): Pick<PolicyTerms, "flapping"> {
  return flapping === "off" ? {} : { flapping: { above: flapping.above, withinMs: flapping.within } };
}

function expectedOf(
  expected: PolicyShape["expect_action"],
  waitMs: number,
): { readonly expectAction?: ExpectedAction } {
  if (expected === undefined || expected === false) return {};
  return { expectAction: { waitMs, liftAfterMs: expected === true ? null : expected.lifted_after } };
}

/** The first message waits for what came of it, as it does for what Wazuh does by itself. */
function respondOf(respond: PolicyShape["respond"], waitMs: number): Pick<PolicyTerms, "respond" | "expectAction"> {
  if (respond === undefined) return {};
  const terms = (Array.isArray(respond) ? respond : [respond]).map(respondTermsOf);
  return { respond: terms, expectAction: { waitMs, liftAfterMs: null } };
}

type Tell = Readonly<Record<Severity, readonly string[]>>;

/** A severity that a map leaves out keeps its default: leaving out `critical` should not silence it. */
function tellOf(tell: PolicyShape["tell"], unsaid: Tell): Tell {
  if (tell === undefined) return unsaid;
  if (Array.isArray(tell)) return tellOf({ low: tell, medium: tell, high: tell, critical: tell }, unsaid);
  const said = (severity: Severity) => [...new Set(tell[severity] ?? unsaid[severity])];
  return { low: said("low"), medium: said("medium"), high: said("high"), critical: said("critical") };
}

/** Who hears where a policy does not say: the chat from medium on, tickets for what is critical. */
function defaultTell(destinations: readonly { readonly name: string; readonly type: string }[]): Tell {
  const named = (is: (type: string) => boolean) => destinations.filter(({ type }) => is(type)).map(({ name }) => name);
  const chat = named((type) => type === "slack" || type === "webhook");
  const tickets = named((type) => type.startsWith("jira"));
  return { low: [], medium: chat, high: chat, critical: [...chat, ...tickets] };
}
