import type { Context } from "./context.ts";
import { newDigestIncident, type Digest } from "./digest-event.ts";
import { beginDigest, inWords, isListedInDigest } from "./digest-join.ts";
import { hushed, type Hushed } from "./hush.ts";
import type { Incident } from "./incident.ts";
import { isWorse } from "./severity.ts";
import type { DestinationTerms } from "./snapshot.ts";
import { HOUR_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";
import { newWork, priorityOf, type Work } from "./work.ts";

/** One of those that are told in a digest. */
export interface DigestMember {
  readonly incident: Incident;
  /** What its destination is owed of it beside the digest's own; null: nothing. */
  readonly work: Work | null;
}

/** A digest that was to be told, and what of it there is a reason not to tell. */
export interface DigestPart {
  readonly state: Digest;
  readonly kept: readonly DigestMember[];
  /** Never empty. */
  readonly held: readonly (DigestMember & { readonly hushed: Hushed })[];
}

/**
 * Leaves in the digest what may be told now. What may not be moves to the next one, which is asked about again by the
 * time of a digest at the latest; so does the digest itself where that is all that is in it. What is over stays untold,
 * and what is told elsewhere is left to its own work; so is what is too mild, until it gets worse.
 */
export function partDigest(view: View, digest: Incident, work: Work, part: DigestPart, context: Context): void {
  const { destination } = work;
  const { state, kept } = part;
  const waiting = part.held.filter(({ work: its, hushed: { reason } }) => {
    return isListedInDigest(its ?? undefined) && reason !== "below_severity";
  });
  for (const one of part.held) {
    if (waiting.includes(one)) continue;
    view.removeToldIn(one.incident.id, destination);
    if (one.work !== null && isListedInDigest(one.work)) view.putWork(hushed(one.work, one.hushed));
  }
  if (kept.length > 0) {
    view.putIncident(withMembers(digest, kept));
    view.putWork({ ...work, wanted: digest.revision + 1 });
  }
  const [first] = waiting;
  if (first === undefined) {
    if (kept.length === 0) leaveUntold(view, digest, work, context);
    return;
  }
  const wait = waitOf(waiting, context.snapshot.destinations[destination], context.now);
  if (kept.length === 0) {
    view.putIncident(withMembers(digest, waiting));
    view.putWork(hushed({ ...work, wanted: digest.revision + 1 }, wait));
    return;
  }
  const begun = newDigestIncident(view.nextId("incident"), destination, first.incident, context.now);
  const next = withMembers(begun, waiting);
  beginDigest(view, next, context.now);
  // Unless there is a younger one, which goes on collecting.
  if (state.incident === digest.id) view.putDigest({ ...state, incident: next.id });
  const priority = priorityOf({ severity: next.severity, isNew: true, hasMoment: true });
  view.putWork(hushed(newWork(next, destination, priority, context.now), wait));
  for (const { incident, work: its } of waiting) {
    view.putToldIn({ incident: incident.id, destination, digest: next.id });
    view.putWork({ ...its!, evidence: inWords(next.id) });
  }
}

function withMembers(digest: Incident, members: readonly DigestMember[]): Incident {
  const incidents = members.map(({ incident }) => incident);
  return {
    ...digest,
    count: incidents.length,
    firstAt: Math.min(...incidents.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...incidents.map(({ lastAt }) => lastAt)),
    severity: incidents.map(({ severity }) => severity).reduce((worst, one) => (isWorse(one, worst) ? one : worst)),
    revision: digest.revision + 1,
  };
}

/** Its incidents may wait for different things: it is asked about again when the first of them ends, and now and then. */
function waitOf(held: DigestPart["held"], terms: DestinationTerms | undefined, now: Instant): Hushed {
  const byEnd = held.toSorted((a, b) => (a.hushed.until ?? Infinity) - (b.hushed.until ?? Infinity));
  const { incident, hushed: first } = byEnd[0]!;
  const spanMs = terms?.digest?.everyMs ?? terms?.digest?.above?.perMs ?? HOUR_MS;
  const others = held.length === 1 ? "" : `, and ${held.length - 1} more wait`;
  return {
    reason: first.reason,
    until: Math.min(first.until ?? Infinity, now + spanMs),
    evidence: `#${incident.id}: ${first.evidence}${others}`,
  };
}

function leaveUntold(view: View, digest: Incident, { incident, destination }: Work, { now }: Context): void {
  const over = { state: "resolved", resolvedAt: now, resolvedBy: "quiet" } as const;
  view.putIncident({ ...digest, ...over, revision: digest.revision + 1 });
  view.removeWork(incident, destination);
}
