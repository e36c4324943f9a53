import type { Incident } from "./incident.ts";
import type { MassMembers } from "./mass-event.ts";
import { cutPlainLine, grouped } from "./plain-text.ts";
import type { Severity } from "./severity.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { DAY_MS, type Instant } from "./time.ts";

/** What of a destination's news is told together, and when. */
export interface DigestTerms {
  /** Null: nothing is, for its rank. */
  readonly everyMs: number | null;
  readonly severities: readonly Severity[];
  /** More new incidents than so many in such a time are told together, whatever their rank; null: however many. */
  readonly above: { readonly max: number; readonly perMs: number } | null;
}

/** How the digests of one destination stand: one row each, however many incidents there are. */
export interface Digest {
  readonly destination: string;
  /** The incident that the newest digest is; 0: there was none. */
  readonly incident: number;
  /** So many incidents were told by themselves since then. */
  readonly since: Instant;
  readonly told: number;
}

/** In which digest an incident is told to a destination: the newest, where it came back after one that was sent. */
export interface ToldIn {
  readonly incident: number;
  readonly destination: string;
  readonly digest: number;
}

/** Policies of our own have a colon in their names, which no other can. */
const DIGEST_POLICY = "riposte:digest:";
const RULE_ID = "riposte-digest";

export function digestPolicyName(destination: string): string {
  return `${DIGEST_POLICY}${destination}`;
}

/** The destination whose digest it is; null: it is none. */
export function digestedFor(policy: string): string | null {
  return policy.startsWith(DIGEST_POLICY) ? policy.slice(DIGEST_POLICY.length) : null;
}

export function newDigest(destination: string): Digest {
  return { destination, incident: 0, since: 0, told: 0 };
}

/** One for each destination that has digests, which tells that one. */
export function digestPolicies(
  destinations: readonly { readonly name: string; readonly digest?: DigestTerms }[],
): readonly PolicyTerms[] {
  return destinations
    .filter(({ digest }) => digest !== undefined)
    .map(({ name }) => ({
      name: digestPolicyName(name),
      groupBy: ["digest"],
      severity: null,
      tell: { low: [name], medium: [name], high: [name], critical: [name] },
      holdMs: null,
      resolveAfterMs: DAY_MS,
      reopenWithinMs: 0,
    }));
}

/** A digest before the first incident is in it. Its group is its number: each is one of its own. */
export function newDigestIncident(
  id: number,
  destination: string,
  { source, snapshot, severity, lastAt }: Incident,
  now: Instant,
): Incident {
  return {
    id,
    policy: digestPolicyName(destination),
    groupKey: JSON.stringify([String(id)]),
    state: "open",
    severity,
    title: `Digest for ${destination}`,
    ruleId: RULE_ID,
    agentId: null,
    agentName: null,
    snapshot,
    source,
    count: 0,
    firstAt: lastAt,
    lastAt,
    openedAt: now,
    resolvedAt: null,
    resolvedBy: null,
    acknowledgedBy: null,
    revision: 0,
    momentCount: 1,
    // It is over once it is told, and has no time of its own.
    dueAt: null,
  };
}

/** A line like those of Wazuh, for whoever shows an incident by its alerts. */
export function digestLine({ id, title, policy }: Incident): string {
  return JSON.stringify({
    rule: { level: 3, description: title, id: RULE_ID, groups: ["riposte"] },
    manager: { name: "riposte" },
    id: `digest.${id}`,
    location: digestedFor(policy) ?? policy,
    full_log: title,
  });
}

export function digestTitle({ count }: Incident): string {
  return `Digest of ${grouped(count)} ${count === 1 ? "incident" : "incidents"}`;
}

/** What is in it, first what is not over. Titles and names in it are an attacker's, on one line each. */
export function digestWords({ id }: Pick<Incident, "id">, { members, unresolved, shown }: MassMembers): string {
  const counts = `${grouped(members)} new ${members === 1 ? "incident" : "incidents"}, ${grouped(unresolved)} not over.`;
  const lines = shown.map((one) => {
    const agent = one.agentName ?? one.agentId;
    const where = agent === null ? "" : ` (${cutPlainLine(agent, 80)})`;
    return `#${one.id} ${one.severity}: ${cutPlainLine(one.title, 120)}${where}`;
  });
  const more = members > shown.length ? [`and ${grouped(members - shown.length)} more`] : [];
  return [`${counts} \`riposte incidents list --told-in ${id} --state all\` has them all.`, ...lines, ...more].join(
    "\n",
  );
}
