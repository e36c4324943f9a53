import type { Incident } from "./incident.ts";
import { cutPlainLine, grouped } from "./plain-text.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { SEVERITIES, type Severity } from "./severity.ts";
import { SECOND_MS, type Instant } from "./time.ts";

/** So many incidents of a policy may open within such a time; what comes beyond it is told together. */
export interface Collapse {
  readonly above: number;
  readonly withinMs: number;
}

/** Openings of one policy that lie close together are counted by these: one row a policy, however many there are. */
export interface Surge {
  readonly policy: string;
  /** The newest, one for each incident, as many as the policy may tell one by one. */
  readonly recent: readonly Opening[];
}

export interface Opening {
  readonly incident: number;
  /** Event time. */
  readonly at: Instant;
}

/** What a mass event stands for, counted as its members come and go: nobody counts a hundred thousand of them. */
export interface Mass {
  /** The incident that the mass event is. */
  readonly incident: number;
  readonly members: number;
  /** Of them those that people can see and that are not over. */
  readonly unresolved: number;
  /** Event time at which one joined last because too many opened at once. */
  readonly surgedAt: Instant;
}

/** What a reader is shown of them. */
export interface MassMembers extends Pick<Mass, "members" | "unresolved"> {
  /** The first of those that are not over, as many as a reader looks at. */
  readonly shown: readonly Pick<Incident, "id" | "severity" | "title" | "agentId" | "agentName">[];
}

export const MEMBERS_SHOWN = 20;

/** Policies of our own have a colon in their names, which no other can. */
const MASS_POLICY = "riposte:mass:";
/** There is one at a time of each policy. */
export const MASS_GROUP = "[]";
const RULE_ID = "riposte-mass-event";

/** Its first word waits this long for those that come in the same breath, and what only counts waits longer. */
export const MASS_WORD_WAIT_MS = 5 * SECOND_MS;
export const MASS_COUNT_WAIT_MS = 30 * SECOND_MS;

export function massPolicyName(policy: string): string {
  return `${MASS_POLICY}${policy}`;
}

/** The policy whose incidents it stands for; null: it is an incident like others. */
export function massedPolicy(policy: string): string | null {
  return policy.startsWith(MASS_POLICY) ? policy.slice(MASS_POLICY.length) : null;
}

/**
 * For each policy that collapses the one of its mass events. It tells whom that tells, of lesser members as well: a
 * mass event is as bad as its worst, and those who hear of the others would be told nowhere.
 */
export function massPolicies(policies: readonly PolicyTerms[]): readonly PolicyTerms[] {
  return policies
    .filter(({ collapse }) => collapse !== undefined)
    .map(({ name, tell, resolveAfterMs, reopenWithinMs, repeat, escalate }) => ({
      name: massPolicyName(name),
      groupBy: [],
      severity: null,
      tell: alsoOfLesser(tell),
      holdMs: null,
      resolveAfterMs,
      reopenWithinMs,
      ...(repeat !== undefined && { repeat }),
      ...(escalate !== undefined && { escalate }),
    }));
}

function alsoOfLesser(tell: PolicyTerms["tell"]): PolicyTerms["tell"] {
  const heard = new Set<string>();
  const told = SEVERITIES.map((severity) => {
    for (const destination of tell[severity]) heard.add(destination);
    return [severity, [...heard]] as const;
  });
  return Object.fromEntries(told) as PolicyTerms["tell"];
}

/** A mass event before its first member has joined. */
export function newMassEvent(
  id: number,
  { policy, source, snapshot }: Pick<Incident, "policy" | "source" | "snapshot">,
  severity: Severity,
  from: Instant,
  now: Instant,
): Incident {
  return {
    id,
    policy: massPolicyName(policy),
    groupKey: MASS_GROUP,
    state: "open",
    severity,
    title: `Many incidents at once: ${policy}`,
    ruleId: RULE_ID,
    agentId: null,
    agentName: null,
    snapshot,
    source,
    count: 0,
    firstAt: from,
    lastAt: from,
    openedAt: now,
    resolvedAt: null,
    resolvedBy: null,
    acknowledgedBy: null,
    revision: 0,
    momentCount: 0,
    // It ends with the last of its members and has no time of its own.
    dueAt: null,
  };
}

/** A line like those of Wazuh, for whoever shows an incident by its alerts. What it stands for is added when painted. */
export function massLine({ id, policy, title, severity }: Incident): string {
  return JSON.stringify({
    rule: { level: LEVELS[severity], description: title, id: RULE_ID, groups: ["riposte"] },
    manager: { name: "riposte" },
    id: `mass.${id}`,
    location: massedPolicy(policy) ?? policy,
    full_log: title,
  });
}

/** Counts, and what is not over. Titles and names in it are an attacker's, on one line each. */
export function massWords({ id }: Pick<Incident, "id">, { members, unresolved, shown }: MassMembers): string {
  const counts = `${grouped(members)} incidents are told here and not one by one, ${grouped(unresolved)} of them not over.`;
  const lines = shown.map((one) => {
    const agent = one.agentName ?? one.agentId;
    const where = agent === null ? "" : ` (${cutPlainLine(agent, 80)})`;
    return `#${one.id} ${one.severity}: ${cutPlainLine(one.title, 120)}${where}`;
  });
  const more = unresolved > shown.length ? [`and ${grouped(unresolved - shown.length)} more`] : [];
  return [`${counts} \`riposte incidents list --told-in ${id}\` has them all.`, ...lines, ...more].join("\n");
}

/** The least of each of Wazuh's bands. */
const LEVELS: Readonly<Record<Severity, number>> = { low: 3, medium: 7, high: 12, critical: 15 };
