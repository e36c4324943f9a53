import { isUnresolved, type Incident } from "./incident.ts";
import { massedPolicy } from "./mass-event.ts";
import type { Severity } from "./severity.ts";
import type { Snapshot } from "./snapshot.ts";

/** While one incident is there, others that follow from it are not told. */
export interface Inhibition {
  readonly when: IncidentKind;
  readonly hide: IncidentKind;
  /** Fields that both must have, with the same values. */
  readonly same: readonly string[];
}

export interface IncidentKind {
  readonly policies: readonly string[];
  readonly severities: readonly Severity[];
}

/** Fields of an incident that need no grouping by them. */
export const SAME_FIELDS: readonly string[] = ["agent.id", "agent.name", "rule.id"];

/** The policies whose incidents can hide others. */
export function inhibitingPolicies(inhibit: readonly Inhibition[]): ReadonlySet<string> {
  return new Set(inhibit.flatMap(({ when }) => when.policies));
}

/** People can see it and it is not over, whether or not anybody was told. */
export function inhibits({ state }: Incident): boolean {
  return state === "open" || state === "acknowledged";
}

/** The oldest of `others` because of which the incident is not told; null: there is none. */
export function inhibitorOf(
  incident: Incident,
  inhibit: readonly Inhibition[],
  others: Iterable<Incident>,
  policies: Snapshot["policies"],
): Incident | null {
  const rules = inhibit.filter(({ hide }) => isOf(incident, hide, massedPolicy(incident.policy) ?? incident.policy));
  if (rules.length === 0 || !isUnresolved(incident)) return null;
  let oldest: Incident | null = null;
  for (const other of others) {
    if (other.id === incident.id || !inhibits(other) || (oldest !== null && oldest.id < other.id)) continue;
    const isHidden = rules.some(
      ({ when, same }) =>
        isOf(other, when, other.policy) && same.every((field) => isSame(incident, other, field, policies)),
    );
    if (isHidden) oldest = other;
  }
  return oldest;
}

function isOf({ severity }: Incident, { policies, severities }: IncidentKind, policy: string): boolean {
  return policies.includes(policy) && severities.includes(severity);
}

/** What one of them does not have is the same as nothing. */
function isSame(one: Incident, other: Incident, field: string, policies: Snapshot["policies"]): boolean {
  const value = valueOf(one, field, policies);
  return value !== null && value === valueOf(other, field, policies);
}

function valueOf(incident: Incident, field: string, policies: Snapshot["policies"]): string | null {
  const at = (policies[incident.policy]?.groupBy ?? []).indexOf(field);
  const group = JSON.parse(incident.groupKey) as readonly (string | null)[];
  if (at >= 0 && at < group.length) return group[at] ?? null;
  switch (field) {
    case "agent.id":
      return incident.agentId;
    case "agent.name":
      return incident.agentName;
    case "rule.id":
      return incident.ruleId;
    default:
      return null;
  }
}
