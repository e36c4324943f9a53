// What a config would have told over the last days, which rules make most of it, and one change that would halve it.
import type { Config } from "../config/schema.ts";
import type { Policy } from "../core/policy.ts";
import { DAY_MS, type Instant } from "../core/time.ts";
import { packOf } from "./pack-of.ts";
import { NoiseTally, type RuleNoise } from "./replay/noise-tally.ts";
import { replay, type ReplayFailure, type ReplayProgress } from "./replay/replay.ts";
import type { ReplayReport } from "./replay/report.ts";

export interface Forecast {
  readonly kind: "forecast";
  readonly report: ReplayReport;
  readonly perDay: PerDay;
  /** Most messages first. */
  readonly rules: readonly RuleNoise[];
  /** Null: nothing much would be told, or no single change halves it. */
  readonly change: NoiseChange | null;
}

/** Averages over the days that were looked at. */
export interface PerDay {
  readonly days: number;
  readonly alerts: number;
  readonly incidents: number;
  readonly messages: number;
  readonly tickets: number;
}

export interface NoiseChange {
  readonly policy: string;
  readonly says: string;
  /** What to write, and where: in the policy, under the pack's `change`, or instead of the whole line `use`. */
  readonly where: "policies" | "change" | "use";
  readonly line: string;
  readonly perDay: PerDay;
}

export interface ForecastOptions {
  readonly config: Config;
  readonly named: readonly string[];
  readonly fromAt: Instant;
  readonly signal: AbortSignal;
  readonly progress: (progress: ReplayProgress) => void;
}

/** Of less nobody is tired. */
const WORTH_A_CHANGE = 2;

/** Reads past alerts, more than once where there is much to tell. Tells nobody. */
export async function forecast(given: ForecastOptions): Promise<Forecast | ReplayFailure> {
  const options = { ...given, config: withoutReminders(withoutShadow(given.config)) };
  const noise = new NoiseTally();
  const report = await replay({ ...options, toAt: null, observe: noise });
  if (report.kind === "failed") return report;
  const perDay = perDayOf(report);
  const told = perDay.messages + perDay.tickets;
  const done = { kind: "forecast", report, perDay, rules: noise.rules() } as const;
  if (told < WORTH_A_CHANGE || !report.isWhole) return { ...done, change: null };
  for (const candidate of candidates(options.config, noise.loudestPolicy())) {
    if (options.signal.aborted) break;
    const policies = options.config.policies.map((policy) =>
      policy.terms.name === candidate.policy.terms.name ? candidate.policy : policy,
    );
    const tried = await replay({ ...options, config: { ...options.config, policies }, toAt: null });
    if (tried.kind === "failed" || !tried.isWhole) break;
    const after = perDayOf(tried, perDay.days);
    if (after.messages + after.tickets > told / 2) continue;
    return { ...done, change: changeOf(candidate, options.config, after) };
  }
  return { ...done, change: null };
}

/** What integratord sends anyhow is not Riposte's to make quieter. */
function withoutShadow(config: Config): Config {
  const destinations = config.destinations.filter(({ shadow }) => shadow !== true);
  const names = new Set(destinations.map(({ name }) => name));
  const policies = config.policies.filter(
    ({ terms }) =>
      terms.asIntegratord !== true ||
      Object.values(terms.tell)
        .flat()
        .some((name) => names.has(name)),
  );
  return { ...config, destinations, policies };
}

/** In a replay nobody acknowledges anything, and more than half of what is told would be reminders of that. */
function withoutReminders(config: Config): Config {
  const policies = config.policies.map((policy) => {
    const { repeat: _, ...terms } = policy.terms;
    return { ...policy, terms };
  });
  return { ...config, policies };
}

/** Days without a line of any kind are not looked at. */
function perDayOf({ days, destinations, incidents }: ReplayReport, over = days.length): PerDay {
  const count = Math.max(1, over);
  const tickets = destinations
    .filter(({ type }) => type.startsWith("jira"))
    .reduce((sum, { actions }) => sum + (actions["create"] ?? actions["post"] ?? 0), 0);
  const messages = destinations
    .filter(({ type }) => !type.startsWith("jira"))
    .reduce(
      (sum, { actions }) => sum + Object.entries(actions).reduce((of, [name, n]) => of + (name === "edit" ? 0 : n), 0),
      0,
    );
  const average = (sum: number): number => Math.round((10 * sum) / count) / 10;
  return {
    days: over,
    alerts: average(days.reduce((sum, { alerts }) => sum + alerts, 0)),
    incidents: average(incidents.opened),
    messages: average(messages),
    tickets: average(tickets),
  };
}

interface Candidate {
  readonly policy: Policy;
  readonly keys: string;
  readonly says: string;
}

/** The one that loses least first. */
function candidates({ policies }: Config, loudest: string | null): readonly Candidate[] {
  const policy = policies.find(({ terms }) => terms.name === loudest);
  if (policy === undefined || policy.terms.asIntegratord === true) return [];
  const { terms } = policy;
  const changed = (change: Partial<Policy["terms"]>): Policy => ({ ...policy, terms: { ...terms, ...change } });
  const wider =
    policy.clear === null && terms.onePerAlert !== true && terms.groupBy.length > 1 && terms.window === undefined;
  return [
    ...(wider
      ? [
          {
            policy: changed({ groupBy: ["rule.id"] }),
            keys: "group_by: [rule.id]",
            says: "one incident for each rule, whatever agent it is on",
          },
        ]
      : []),
    ...(terms.onePerAlert === true
      ? []
      : [
          {
            policy: changed({ collapse: { above: 1, withinMs: DAY_MS } }),
            keys: "collapse: { above: 1, within: 24h }",
            says: "the first of a day by itself, and all others of that day in one mass event",
          },
        ]),
    {
      policy: changed({ tell: { low: [], medium: [], high: [], critical: terms.tell.critical } }),
      keys: `tell: { low: [], medium: [], high: [], critical: [${terms.tell.critical.join(", ")}] }`,
      says: "only what is critical is told; all else is in the ledger",
    },
  ];
}

function changeOf({ policy, keys, says }: Candidate, { packs = [] }: Config, perDay: PerDay): NoiseChange {
  const { name } = policy.terms;
  const pack = packs.find((of) => of.name === packOf(name, { packs }));
  if (pack === undefined) return { policy: name, says, where: "policies", line: keys, perDay };
  const change = `${name}: { ${keys} }`;
  const isWhole = packs.length === 1 && pack.skipped.length === 0 && pack.changed.length === 0;
  if (!isWhole) return { policy: name, says, where: "change", line: change, perDay };
  return { policy: name, says, where: "use", line: `use: [{ ${pack.name}: { change: { ${change} } } }]`, perDay };
}
