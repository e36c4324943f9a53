import type { Incident } from "./incident.ts";
import type { Lane } from "./lane.ts";
import { BREAKER_FAILURES } from "./lane.ts";
import { KINDS, PATIENCE_MS, type Problem } from "./own-problem.ts";
import { silentNode, sourceProblems, type SilentNode, type SourceFacts } from "./own-sources.ts";
import { warmUpSummary, type WarmUpFacts } from "./own-warm-up.ts";
import { cutPlainLine } from "./plain-text.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { DAY_MS, MINUTE_MS, type Instant } from "./time.ts";
import type { WindowBook } from "./window.ts";

export type { Problem } from "./own-problem.ts";
export type { SilentNode, SourceFacts } from "./own-sources.ts";

/** The source under whose name Riposte's word about itself, and its test alerts, are counted. */
export const OWN_SOURCE = "riposte";

/** What can be seen of a running Riposte. */
export interface HealthFacts {
  readonly now: Instant;
  readonly deadLetters: readonly { readonly destination: string; readonly count: number }[];
  readonly lanes: readonly Lane[];
  /** Since when the oldest delivery has been waiting, by destination. */
  readonly waitingSince: ReadonlyMap<string, Instant>;
  readonly sources: readonly SourceFacts[];
  /** Of Wazuh's cluster, from which no source brings anything. */
  readonly silentNodes?: readonly SilentNode[];
  /** Null: could not be seen. */
  readonly disk: { readonly folder: string; readonly freeBytes: number; readonly sizeBytes: number } | null;
  readonly secrets: readonly { readonly destination: string; readonly why: string }[];
  /** Those of which what was read before stays in use. */
  readonly staleSecrets?: readonly StaleSecret[];
  readonly storms: readonly Storm[];
  /** Null or absent: there is nothing to say of an install. */
  readonly warmUp?: WarmUpFacts | null;
  /** What keeps those out who should get in over HTTP. */
  readonly door?: readonly DoorTrouble[];
  /** Blocks of an ossec.conf that were taken over and that nobody sends any more. */
  readonly unsent: readonly { readonly block: string; readonly says: string }[];
  /** How the windows of policies stand. */
  readonly windows?: readonly WindowBook[];
}

export interface StaleSecret {
  /** As in the config. */
  readonly field: string;
  readonly destination: string | null;
  /** It can't be read, or a newer value was not taken. */
  readonly says: string;
}

export interface DoorTrouble {
  readonly about: string;
  readonly title: string;
  readonly says: string;
}

/** Incidents that a destination has no budget for. */
export interface Storm {
  readonly destination: string;
  readonly count: number;
  /** Those that wait longest, as many as a reader looks at. */
  readonly incidents: readonly Pick<Incident, "id" | "severity" | "title">[];
}

export interface HealthTerms {
  /** A source from which no line came for so long is told of; null: never. */
  readonly quietSourceMs: number | null;
  readonly destinations: ReadonlySet<string>;
}

const DISK_LEAST_BYTES = 256 * 1024 * 1024;
const DISK_LEAST_SHARE = 0.02;
const MEGABYTE = 1_000_000;

export function problemsOf(facts: HealthFacts, terms: HealthTerms): readonly Problem[] {
  const isThere = (name: string): boolean => terms.destinations.has(name);
  return allProblems(facts, terms).map((problem) => {
    // Of a destination that has left the config everybody may be told.
    const { destination } = problem;
    return destination === null || isThere(destination) ? problem : { ...problem, destination: null };
  });
}

function allProblems(facts: HealthFacts, terms: HealthTerms): readonly Problem[] {
  return [
    ...deadLetters(facts),
    ...failing(facts),
    ...facts.sources.flatMap((source) => sourceProblems(source, facts.now, terms.quietSourceMs)),
    ...(facts.silentNodes ?? []).map(silentNode),
    ...disk(facts),
    ...facts.secrets.map(({ destination, why }): Problem => ({
      kind: "secret",
      about: destination,
      destination,
      level: 12,
      title: `Riposte can't read a secret of ${destination}`,
      says: `${why}. Nothing goes to ${destination} until it can be read; what is due waits and is not lost.`,
    })),
    ...(facts.staleSecrets ?? []).map(({ field, destination, says }): Problem => ({
      kind: "secret",
      about: field,
      destination,
      level: 12,
      title: `The secret ${field} can't be renewed`,
      says: `${says.replace(/\.$/, "")}. The value from before stays in use for as long as it is taken.`,
    })),
    ...facts.storms.map(storm),
    ...warmUpSummary(facts.warmUp ?? null, facts.now),
    ...(facts.door ?? []).map((trouble): Problem => ({ kind: "door", destination: null, level: 12, ...trouble })),
    ...(facts.windows ?? []).flatMap((book) => windowKeys(book, facts.now)),
    ...facts.unsent.map(({ block, says }): Problem => ({
      kind: "unsent",
      about: block,
      destination: null,
      level: 12,
      title: `Nobody sends the integration ${block} any more`,
      says,
    })),
  ];
}

/** What refuses keys now and then would otherwise be told of again and again. */
const REFUSED_LATELY_MS = 10 * MINUTE_MS;

function windowKeys({ policy, live, refusedAt }: WindowBook, now: Instant): readonly Problem[] {
  if (refusedAt === null || Math.abs(now - refusedAt) > REFUSED_LATELY_MS) return [];
  return [
    {
      kind: "window_keys",
      about: policy,
      destination: null,
      level: 12,
      title: `The window of ${policy} is out of keys`,
      says: `It counts ${live} keys at once, which is as many as it may, and alerts with new ones are not counted. Somebody may be making keys up: see which values come in the fields of same. Count by fewer fields, or raise window.keys.`,
    },
  ];
}

function deadLetters({ deadLetters: letters }: HealthFacts): readonly Problem[] {
  return letters
    .filter(({ count }) => count > 0)
    .map(({ destination, count }) => ({
      kind: "dead_letters",
      about: destination,
      destination,
      level: 12,
      title: `Riposte gave up deliveries to ${destination}`,
      says: `${count} waited for a person when this was noticed. See why with \`riposte work list --state dead\`, put it right, then \`riposte work retry\`.`,
    }));
}

function storm({ destination, count, incidents }: Storm): Problem {
  const lines = incidents.map(({ id, severity, title }) => `#${id} ${severity}: ${cutPlainLine(title, 120)}`);
  const more = count > incidents.length ? [`and ${count - incidents.length} more`] : [];
  const how = `\`riposte work list --state listed --destination ${destination}\` has them all; \`riposte work retry\` tells one by itself.`;
  return {
    kind: "storm",
    about: destination,
    destination: null,
    level: 12,
    title: `More incidents than the budget of ${destination}`,
    says: [`${count} are listed here and not told one by one. ${how}`, ...lines, ...more].join("\n"),
    // As many others are not the same.
    version: [count, ...incidents.map(({ id }) => `#${id}`)].join(" "),
  };
}

function failing({ lanes, waitingSince, now }: HealthFacts): readonly Problem[] {
  return lanes.flatMap(({ destination, failures, reason, evidence }): readonly Problem[] => {
    const since = waitingSince.get(destination);
    if (failures < BREAKER_FAILURES || since === undefined) return [];
    // What has been waiting since the future has seen the clock set back, and nobody knows for how long it has.
    if (since <= now && now - since < PATIENCE_MS) return [];
    return [
      {
        kind: "failing",
        about: destination,
        destination,
        level: 12,
        title: `Riposte can't reach ${destination}`,
        says: `${reason ?? "no reason"}: ${evidence ?? "nothing was seen"}. It goes on trying; \`riposte status\` shows what waits.`,
      },
    ];
  });
}

function disk({ disk: seen }: HealthFacts): readonly Problem[] {
  if (seen === null) return [];
  const { folder, freeBytes, sizeBytes } = seen;
  if (freeBytes >= Math.min(DISK_LEAST_BYTES, sizeBytes * DISK_LEAST_SHARE)) return [];
  const left = `${Math.round(freeBytes / MEGABYTE)} MB of ${Math.round(sizeBytes / MEGABYTE)} MB`;
  return [
    {
      kind: "disk",
      about: folder,
      destination: null,
      level: 13,
      title: "The disk of Riposte's database is nearly full",
      says: `${left} are left at ${folder}. When it is full no alert can be taken in; they wait in Wazuh's file. Free some space.`,
    },
  ];
}

/** How the names of all of them begin. */
export const OWN_POLICIES = "riposte:";

/** Policies of our own have a colon in their names, which no other can. */
const OWN_POLICY = "riposte:health";

const STORM_POLICY = "riposte:storm";

/** The policy under which a problem becomes an incident: about a destination, it tells all others. */
export function ownPolicyName(destination: string | null): string {
  return destination === null ? OWN_POLICY : `${OWN_POLICY}:${destination}`;
}

/** A storm is told where the incidents would have been. */
export function policyOfProblem({ kind, about, destination }: Pick<Problem, "kind" | "about" | "destination">): string {
  return kind === "storm" ? stormPolicyName(about) : ownPolicyName(destination);
}

function stormPolicyName(destination: string): string {
  return `${STORM_POLICY}:${destination}`;
}

export function isOwnPolicy(policy: string): boolean {
  return policy === OWN_POLICY || policy.startsWith(`${OWN_POLICY}:`) || policy.startsWith(`${STORM_POLICY}:`);
}

/** `tell` are those who want to hear of Riposte itself. Where only the one it is about does, that one is tried. */
export function ownPolicies(destinations: readonly string[], tell: readonly string[]): readonly PolicyTerms[] {
  const aboutThem = [null, ...destinations].map((about) => {
    const others = tell.filter((name) => name !== about);
    return ownPolicy(ownPolicyName(about), others.length > 0 ? others : tell);
  });
  return [...aboutThem, ...destinations.map((name) => ownPolicy(stormPolicyName(name), [name]))];
}

function ownPolicy(name: string, told: readonly string[]): PolicyTerms {
  return {
    name,
    groupBy: ["rule.id", "riposte.about"],
    severity: null,
    tell: { low: [], medium: told, high: told, critical: told },
    holdMs: null,
    // It ends when the trouble does; this is for trouble that nobody looks after any more.
    resolveAfterMs: 30 * DAY_MS,
    reopenWithinMs: DAY_MS,
  };
}

/** What an incident of ours was about, for a later life that has to tell that it is over. */
export function problemOf(incident: Incident): Problem | null {
  const kind = KINDS.find((each) => ruleIdOf({ kind: each }) === incident.ruleId);
  const about: unknown = (JSON.parse(incident.groupKey) as readonly unknown[])[1];
  if (kind === undefined || typeof about !== "string" || !isOwnPolicy(incident.policy)) return null;
  const isAboutNobody = incident.policy === OWN_POLICY || kind === "storm";
  const destination = isAboutNobody ? null : incident.policy.slice(OWN_POLICY.length + 1);
  return { kind, about, destination, level: 12, title: incident.title, says: incident.title };
}

export function ruleIdOf({ kind }: Pick<Problem, "kind">): string {
  return `riposte-${kind.replaceAll("_", "-")}`;
}

export function groupKeyOf(problem: Pick<Problem, "kind" | "about">): string {
  return JSON.stringify([ruleIdOf(problem), cutPlainLine(problem.about, 200)]);
}
