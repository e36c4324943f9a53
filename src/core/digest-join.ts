import type { Context } from "./context.ts";
import { digestLine, newDigestIncident, type Digest, type DigestTerms } from "./digest-event.ts";
import { bodySlot, isUnresolved, type Incident } from "./incident.ts";
import { massedPolicy } from "./mass-event.ts";
import type { News } from "./news.ts";
import { OWN_POLICIES } from "./own-health.ts";
import { isWorse } from "./severity.ts";
import type { DestinationTerms } from "./snapshot.ts";
import type { Instant } from "./time.ts";
import type { View } from "./view.ts";
import { isBegun, newWork, priorityOf, type Work } from "./work.ts";

/**
 * What a digest has to do with an incident's news. `alone`: nothing, it is told as ever. `told_alone`: it was in one and
 * is too urgent for that now. `digest`: there is nothing else to do, but for its destination to wait for another time.
 */
export type Digested =
  | { readonly kind: "alone" }
  | { readonly kind: "told_alone" }
  | { readonly kind: "digest"; readonly isWoken: boolean };

const ALONE: Digested = { kind: "alone" };

/**
 * Decides whether what is new to a destination is told there in its digest: by its rank, or because more is new than
 * anybody would read one by one. Keeps the digest with it. What has no digests pays for two looks at a field.
 */
export function digested(
  view: View,
  incident: Incident,
  { moment, also }: News,
  { name, digest, shadow, onlyWazuh, minSeverity }: DestinationTerms,
  context: Context,
): Digested {
  const work = view.work(incident.id, name);
  const isIn = isListedInDigest(work);
  if (digest === undefined && !isIn) return ALONE;
  const isCalledFor = also?.includes(name) === true;
  if (isIn) {
    const isWorse = moment?.kind === "escalated" && digest?.severities.includes(incident.severity) !== true;
    if (isCalledFor || incident.severity === "critical" || isWorse) return { kind: "told_alone" };
    // That it came back is news, and the digest that had it may be told.
    if (moment?.kind !== "reopened" || digest === undefined) return { kind: "digest", isWoken: false };
  } else if (moment === null || !isFirstSeen(view, incident, name)) return ALONE;
  if (digest === undefined || shadow === true || onlyWazuh === true || isCalledFor) return ALONE;
  if (!isDigestible(incident, context)) return ALONE;
  // What is too mild to be heard of waits by itself until it gets worse, and not from one digest to the next.
  if (minSeverity !== undefined && isWorse(minSeverity, incident.severity)) {
    return isIn ? { kind: "told_alone" } : ALONE;
  }

  const state = view.digest(name);
  const byRank = digest.everyMs !== null && digest.severities.includes(incident.severity);
  if (byRank) return join(view, incident, name, work, state, context.now + digest.everyMs!, context);
  const { since, told } = roomOf(state, digest, context.now);
  const { above } = digest;
  if (above === null) return isIn ? { kind: "told_alone" } : ALONE;
  if (told < above.max) {
    view.putDigest({ ...state, since, told: told + 1 });
    return isIn ? { kind: "told_alone" } : ALONE;
  }
  return join(view, incident, name, work, { ...state, since, told }, since + above.perMs, context);
}

/** It is told in a digest there, and in no other way. */
export function isListedInDigest(work: Work | undefined): boolean {
  return work?.state === "listed" && work.reason === "digested";
}

/** Nobody there has heard of it, nor is about to. */
function isFirstSeen(view: View, { id }: Incident, destination: string): boolean {
  return view.work(id, destination) === undefined && view.receipt(id, destination) === undefined;
}

/** The critical never waits; what stands for many, and what Riposte says of itself, is no news of low rank. */
function isDigestible({ policy, severity, state }: Incident, { snapshot }: Context): boolean {
  if (severity === "critical" || state !== "open") return false;
  if (policy.startsWith(OWN_POLICIES) || massedPolicy(policy) !== null) return false;
  return snapshot.policies[policy]?.asIntegratord !== true;
}

/** A time that began in the future was begun by a clock that has been set back since. */
function roomOf({ since, told }: Digest, { above }: DigestTerms, now: Instant): Pick<Digest, "since" | "told"> {
  const isNow = above !== null && now >= since && now - since < above.perMs;
  return isNow ? { since, told } : { since: now, told: 0 };
}

/** Puts it into the digest that still collects, or begins one. */
function join(
  view: View,
  incident: Incident,
  destination: string,
  work: Work | undefined,
  state: Digest,
  dueAt: Instant,
  { now }: Context,
): Digested {
  const newest = state.incident === 0 ? undefined : view.incident(state.incident);
  const its = newest === undefined ? undefined : view.work(newest.id, destination);
  // Whatever has begun to be told may have arrived as it is.
  const isUntold = (its?.state === "ready" || its?.state === "hushed") && !isBegun(its);
  const collects = newest !== undefined && isUnresolved(newest) && isUntold;
  const before = collects ? newest : newDigestIncident(view.nextId("incident"), destination, incident, now);
  const isAnew = !isInIt(work, before.id);
  const digest: Incident = {
    ...before,
    count: before.count + (isAnew ? 1 : 0),
    firstAt: Math.min(before.firstAt, incident.firstAt),
    lastAt: Math.max(before.lastAt, incident.lastAt),
    severity: isWorse(incident.severity, before.severity) ? incident.severity : before.severity,
    revision: before.revision + 1,
  };
  if (collects) view.putIncident(digest);
  else beginDigest(view, digest, now);
  if (!collects || state !== view.digest(destination)) view.putDigest({ ...state, incident: digest.id });
  const priority = priorityOf({ severity: digest.severity, isNew: true, hasMoment: true });
  const waiting = collects ? its : { ...newWork(digest, destination, priority, now), dueAt };
  const isSooner = !collects || dueAt < waiting.dueAt;
  view.putWork({ ...waiting, wanted: digest.revision, dueAt: Math.min(waiting.dueAt, dueAt) });

  const listed = work ?? newWork(incident, destination, priority, now);
  const evidence = inWords(digest.id);
  view.putWork({ ...listed, state: "listed", wanted: incident.revision, reason: "digested", evidence });
  view.putToldIn({ incident: incident.id, destination, digest: digest.id });
  return { kind: "digest", isWoken: isSooner };
}

/** One that nobody has heard of, as it is with the first that are in it. */
export function beginDigest(view: View, digest: Incident, now: Instant): void {
  const { id, severity, count } = digest;
  view.putIncident(digest);
  view.add({ table: "body", row: { incident: id, slot: bodySlot(1), ordinal: 1, raw: digestLine(digest) } });
  const opened = { incident: id, n: 1, kind: "opened", at: now, severity, count, by: null, text: null } as const;
  view.add({ table: "moment", row: opened });
}

function isInIt(work: Work | undefined, digest: number): boolean {
  return isListedInDigest(work) && work?.evidence === inWords(digest);
}

export function inWords(digest: number): string {
  return `told in #${digest}`;
}
