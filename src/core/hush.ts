import { calmAt } from "./flapping.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import { inhibitorOf, type Inhibition } from "./inhibit.ts";
import { massedPolicy } from "./mass-event.ts";
import { digestedFor } from "./digest-event.ts";
import { isOwnPolicy } from "./own-health.ts";
import { cutPlainLine } from "./plain-text.ts";
import type { Receipt } from "./receipt.ts";
import { isWorse, type Severity } from "./severity.ts";
import type { Silence, SilencedDocument } from "./silence.ts";
import type { DestinationTerms, Snapshot } from "./snapshot.ts";
import { testedPolicy } from "./test-alert.ts";
import type { Instant } from "./time.ts";
import { windowEnd, type OffsetAt, type WeeklyWindow } from "./weekly-window.ts";
import { HUSH_REASONS, type HushReason, type Work } from "./work.ts";

/** Why an incident is not told, or not yet. */
export interface Hushed {
  readonly reason: HushReason;
  /** Null: it ends with something that has no time, and is asked about when that happens. */
  readonly until: Instant | null;
  readonly evidence: string;
}

/** What the config says of when not to tell. */
export interface HushTerms {
  readonly inhibit: readonly Inhibition[];
  readonly muteTimes: readonly MuteTime[];
  /** Of destinations that say nothing of their own. */
  readonly quietHours: QuietHours | null;
  /** So long after the install nobody gets a ticket; 0: from the start. */
  readonly warmUpMs: number;
}

export interface MuteTime extends WeeklyWindow {
  readonly name: string;
  /** Null: those of all policies, at all destinations. */
  readonly policies: readonly string[] | null;
  readonly destinations: readonly string[] | null;
}

export interface QuietHours extends WeeklyWindow {
  /** What is at least as bad is told all the same. */
  readonly letThrough: Severity;
}

/** What stands beside the config. */
export interface HushFacts {
  /** The silence that hides the incident longest; null: none does. */
  readonly silenceOf: (incident: Incident, document: () => SilencedDocument, isOwn: boolean) => Silence | null;
  /** Unresolved incidents of the policies that can hide others. */
  readonly inhibitors: Iterable<Incident>;
  /** Null: not known, or long ago. */
  readonly installedAt: Instant | null;
  readonly offsetAt: OffsetAt;
}

export interface HushAsked {
  readonly incident: Incident;
  readonly work: Work;
  readonly receipt: Receipt | null;
  readonly terms: DestinationTerms;
  /** Of its first alert, and of the incident itself. */
  readonly document: () => SilencedDocument;
}

/**
 * Whether the destination is to hear now of what it has not heard of the incident. What is on its way goes to its end,
 * what somebody asked for is told, and so is the end of what was told.
 */
export function hushOf(asked: HushAsked, snapshot: Snapshot, facts: HushFacts, now: Instant): Hushed | null {
  const { incident, receipt, terms } = asked;
  if (!mayBeHushed(asked)) return null;
  const { policy, severity } = incident;
  // Of a digest each is asked that is in it.
  const isOwn = isOwnPolicy(policy) || digestedFor(policy) !== null;
  const isEndOfTold = receipt !== null && !isUnresolved(incident);
  if (isEndOfTold) return flapping(asked, snapshot, now);
  const silence = facts.silenceOf(incident, asked.document, isOwn);
  if (silence !== null) return silenced(silence);
  // Riposte's word about itself waits for nobody's clock, nor for anybody else's trouble.
  if (isOwn) return null;
  const { hush } = snapshot;
  const policyName = massedPolicy(policy) ?? policy;
  if (terms.minSeverity !== undefined && isWorse(terms.minSeverity, severity)) {
    const evidence = `${terms.name} hears of ${terms.minSeverity} and worse, and this is ${severity}; it ends when it gets worse`;
    return { reason: "below_severity", until: null, evidence };
  }
  if (hush !== undefined) {
    const inhibitor = inhibitorOf(incident, hush.inhibit, facts.inhibitors, snapshot.policies);
    if (inhibitor !== null) {
      const evidence = `hidden by #${inhibitor.id} (${cutPlainLine(inhibitor.title, 80)}); it ends when that is over`;
      return { reason: "inhibited", until: null, evidence };
    }
    const muted = mutedBy(hush.muteTimes, policyName, terms.name, facts.offsetAt, now);
    if (muted !== null) return muted;
  }
  const quiet = terms.quietHours === undefined ? (hush?.quietHours ?? null) : terms.quietHours;
  if (quiet !== null && severity !== "critical" && isWorse(quiet.letThrough, severity)) {
    const until = windowEnd(quiet, now, facts.offsetAt);
    const evidence = `quiet hours in ${quiet.zone}; ${quiet.letThrough} and worse go through`;
    if (until !== null) return { reason: "quiet_hours", until, evidence };
  }
  const isTicket = terms.type.startsWith("jira") && snapshot.policies[policyName]?.asIntegratord !== true;
  if (isTicket && hush !== undefined && facts.installedAt !== null && receipt === null) {
    const until = facts.installedAt + hush.warmUpMs;
    // An install in the future is of a clock that has been set back since.
    const isWarmUp = now < until && now >= facts.installedAt;
    if (isWarmUp)
      return { reason: "warm_up", until, evidence: "no tickets so soon after the install; warm_up says how long" };
  }
  return flapping(asked, snapshot, now);
}

export function silenced({ id, who, comment, endsAt, incident: of }: Silence): Hushed {
  const says = comment === null ? "" : `: ${cutPlainLine(comment, 120)}`;
  const ends = endsAt === null && of !== null ? `; it ends when #${of.id} is over` : "";
  return { reason: "silenced", until: endsAt, evidence: `silence ${id} by ${cutPlainLine(who, 80)}${says}${ends}` };
}

/** There is something to tell that nobody has begun to tell. */
function mayBeHushed({ incident, work, receipt }: HushAsked): boolean {
  if (testedPolicy(incident.policy) !== null) return false;
  const isUnknown = work.state === "unknown" || work.lostSince !== null;
  // With its reason left in place a person has said that it is to be told all the same.
  const isAskedFor = work.state === "ready" && isHushReason(work.reason);
  return !isUnknown && !isAskedFor && incident.momentCount > (receipt?.momentsTold ?? 0);
}

function mutedBy(
  muteTimes: readonly MuteTime[],
  policy: string,
  destination: string,
  offsetAt: OffsetAt,
  now: Instant,
): Hushed | null {
  let longest: Hushed | null = null;
  for (const mute of muteTimes) {
    if (mute.policies?.includes(policy) === false || mute.destinations?.includes(destination) === false) continue;
    const until = windowEnd(mute, now, offsetAt);
    if (until === null || until <= (longest?.until ?? 0)) continue;
    longest = { reason: "muted", until, evidence: `mute time ${mute.name}, by the clocks of ${mute.zone}` };
  }
  return longest;
}

function flapping({ incident, receipt }: HushAsked, { policies }: Snapshot, now: Instant): Hushed | null {
  const until = calmAt(incident, receipt?.momentsTold ?? 0, policies[incident.policy]?.flapping, now);
  if (until === null) return null;
  return { reason: "flapping", until, evidence: "it comes and goes, as was told; the next word when it is calm" };
}

export function isHushReason(reason: string | null): reason is HushReason {
  return reason !== null && (HUSH_REASONS as readonly string[]).includes(reason);
}

/** Later than any instant that there will be. */
export const NO_TIME_AT: Instant = 8_640_000_000_000_000;

/** Not told, and asked about again when its reason ends or when what is out there has to be looked after. */
export function hushed(work: Work, { reason, until, evidence }: Hushed): Work {
  const sweepsAt = Math.min(...work.sweeps.map(({ at }) => at));
  return {
    ...work,
    state: "hushed",
    reason,
    evidence,
    dueAt: Math.min(until ?? NO_TIME_AT, work.mayLandUntil ?? Infinity, sweepsAt),
    firstTriedAt: null,
    tries: 0,
    looks: 0,
    attempt: null,
  };
}
