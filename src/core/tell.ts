import { placed } from "./collapse.ts";
import type { Context } from "./context.ts";
import { digestedFor } from "./digest-event.ts";
import { digested } from "./digest-join.ts";
import { flapped } from "./flapping.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import { MASS_COUNT_WAIT_MS, MASS_WORD_WAIT_MS, massedPolicy } from "./mass-event.ts";
import type { News } from "./news.ts";
import { mayHaveBeenTold } from "./restore.ts";
import { firstWaitMs, isQuietNews, quietUntil, setReminders } from "./rhythm.ts";
import type { DestinationTerms } from "./snapshot.ts";
import type { Instant } from "./time.ts";
import type { View } from "./view.ts";
import { isBegun, newWork, orphaned, priorityOf, revived, shadowed, wasHeldBack, type Work } from "./work.ts";

/**
 * Writes the incident's new state with one revision more, its moment, and work for every destination that should
 * show it. Returns the destinations with work that is due now and was not before.
 */
export function publish(view: View, changed: Incident, news: News, context: Context): readonly string[] {
  const { incident, also } = placed(view, changed, news, context);
  const hasLeft = changed.collapsedInto !== undefined && incident.collapsedInto === undefined;
  const woken = publishOne(view, incident, { ...news, hasLeft }, context);
  if (also.length === 0) return woken;
  return [...new Set([woken, ...also.map((said) => publishOne(view, said.incident, said.news, context))].flat())];
}

/** `hasLeft`: what happened while it was told elsewhere may not have been told here. */
function publishOne(
  view: View,
  changed: Incident,
  news: News & { readonly hasLeft?: boolean },
  context: Context,
): readonly string[] {
  const wasHeld = view.incident(changed.id)?.state === "pending";
  const incident = withMoments(view, changed, news, context);
  setReminders(view, incident, news, context);
  // While it is held nobody sees it; the moment that opens it tells what there is to tell.
  if (incident.state === "pending") return [];
  return audience(view, incident, news, context).filter((destination) => {
    const terms = context.snapshot.destinations[destination];
    if (!isUnresolved(incident) && isLeftUntold(view, incident, destination)) {
      // What is over has nothing left to tell, wherever its destination has gone meanwhile.
      view.removeWork(incident.id, destination);
      return false;
    }
    if (terms !== undefined && isLeftToMassEvent(view, incident, news, terms, context)) return false;
    if (terms !== undefined && isListedInMassEvent(view.work(incident.id, destination)))
      return tellAfterAll(view, incident, terms, context);
    const together = terms === undefined ? null : digested(view, incident, news, terms, context);
    if (together?.kind === "digest") return together.isWoken;
    if (together?.kind === "told_alone") return tellAfterAll(view, incident, terms!, context);
    if (terms?.shadow === true || view.work(incident.id, destination)?.state === "shadow")
      return tellShadow(view, incident, destination, context);
    if (terms === undefined) return oweIfTold(view, incident, destination, news, context);
    // What was noted while it was held again waits for no moment of its end: there is none.
    const isUntold =
      wasHeld && (view.receipt(incident.id, destination)?.momentsTold ?? incident.momentCount) < incident.momentCount;
    const isNews = news.moment !== null || news.hasLeft === true || isUntold;
    if (!isNews && !terms.edits) return false;
    return want(view, incident, destination, { hasMoment: isNews, isQuiet: isQuietNews(news) }, context);
  });
}

/** Writes the incident and what is worth telling once; of one that comes back too often also that. */
function withMoments(view: View, changed: Incident, news: News, context: Context): Incident {
  const { moment } = news;
  const at = momentAt(news, context);
  const told = moment === null ? changed : { ...changed, momentCount: changed.momentCount + 1 };
  const terms = context.snapshot.policies[changed.policy]?.flapping;
  const comesBack = moment?.kind === "reopened";
  const { incident: known, note } = comesBack
    ? flapped(told, news.happenedAt ?? context.now, terms)
    : { incident: told, note: null };
  const momentCount = known.momentCount + (note === null ? 0 : 1);
  const incident: Incident = { ...known, momentCount, revision: changed.revision + 1 };
  view.putIncident(incident);
  const { id: of, severity, count } = incident;
  [moment, note].forEach((one, i) => {
    const n = changed.momentCount + 1 + i;
    if (one !== null) view.add({ table: "moment", row: { incident: of, n, at, severity, count, ...one } });
  });
  return incident;
}

/**
 * It is listed with others, or was to be told once there was no reason not to; or so it was before its destination had
 * left the config.
 */
function isLeftUntold(view: View, { id }: Incident, destination: string): boolean {
  const work = view.work(id, destination);
  if (work === undefined || work.state === "listed") return work !== undefined;
  return (work.state === "hushed" || wasHeldBack(work)) && view.receipt(id, destination) === undefined;
}

/**
 * What happened before a restore keeps the time at which it happened, however late it is read again: by that it shows
 * that it may have been told.
 */
function momentAt({ happenedAt = Infinity }: News, { now, restoredAt }: Context): Instant {
  return mayHaveBeenTold(happenedAt, restoredAt) ? happenedAt : now;
}

/** Those who are to hear of it now, and those who were told of it and must not be left with an old story. */
function audience(view: View, incident: Incident, { also = [] }: News, context: Context): readonly string[] {
  const named = context.snapshot.policies[incident.policy]?.tell[incident.severity] ?? [];
  const told = view.receiptsOf(incident.id).map((receipt) => receipt.destination);
  // Who was never told that it opened need not hear that it is over, unless he was already being told.
  const waiting = view.worksOf(incident.id).map((work) => work.destination);
  return [...new Set(isUnresolved(incident) ? [...named, ...also, ...told, ...waiting] : [...told, ...waiting])];
}

/**
 * What is told in a mass event is told nowhere else, but for a ticket that it has already and for what was on its way:
 * those who can't be shown that it is over hear so of the mass event. Answers whether that is all there is to do.
 */
function isLeftToMassEvent(
  view: View,
  incident: Incident,
  { moment }: News,
  { name, edits, onlyWazuh }: DestinationTerms,
  { now }: Context,
): boolean {
  // Its stand-in is no alert of Wazuh's, which is all that is taken there.
  if (onlyWazuh === true) return massedPolicy(incident.policy) !== null;
  if (incident.collapsedInto === undefined) return false;
  const work = view.work(incident.id, name);
  if (work !== undefined && isBegun(work)) return !edits;
  const isTold = view.receipt(incident.id, name) !== undefined;
  // A ticket that shows that it was over stays as it is; one that is still to show it is followed.
  const isOverThere = moment?.kind === "reopened" && work === undefined;
  if (isTold && edits && work?.state !== "listed" && !isOverThere) return false;
  if (isTold && work === undefined && !isOverThere) return true;
  if (!isUnresolved(incident)) return true;
  const evidence = `told in #${incident.collapsedInto}`;
  if (isListedInMassEvent(work) && work?.evidence === evidence) return true;
  const priority = priorityOf({ severity: incident.severity, isNew: !isTold, hasMoment: true });
  const listed = work ?? newWork(incident, name, priority, now);
  view.putWork({ ...listed, state: "listed", wanted: incident.revision, reason: "collapsed", evidence });
  return true;
}

function isListedInMassEvent(work: Work | undefined): boolean {
  return work?.state === "listed" && work.reason === "collapsed";
}

/** It is told by itself from now on: the mass event is over, or it is worse than that. */
function tellAfterAll(view: View, incident: Incident, { name, shadow }: DestinationTerms, { now }: Context): boolean {
  const isNew = view.receipt(incident.id, name) === undefined;
  const priority = priorityOf({ severity: incident.severity, isNew, hasMoment: true });
  const work = newWork(incident, name, priority, now);
  view.putWork(shadow === true ? shadowed(work) : work);
  return shadow !== true;
}

/** Whoever was told and has left the config since is owed the news, should he come back. */
function oweIfTold(view: View, incident: Incident, destination: string, { moment }: News, context: Context): boolean {
  const isTold = view.receipt(incident.id, destination) !== undefined;
  if (moment === null || !isTold) return false;
  const work = view.work(incident.id, destination);
  const isIdle = work === undefined || work.state === "watched";
  const owed = isIdle ? orphaned(work ?? newWork(incident, destination, 2, context.now)) : work;
  view.putWork({ ...owed, wanted: incident.revision });
  return false;
}

interface Wanted {
  readonly hasMoment: boolean;
  /** It is no worse than it was. */
  readonly isQuiet: boolean;
}

function want(view: View, incident: Incident, destination: string, wanted: Wanted, context: Context): boolean {
  const { hasMoment } = wanted;
  const work = view.work(incident.id, destination);
  const receipt = view.receipt(incident.id, destination);
  const isNew = receipt === undefined;
  const news = { ...wanted, lastDoneAt: receipt?.lastDoneAt ?? null };
  const priority = priorityOf({ severity: incident.severity, isNew, hasMoment });
  if (work !== undefined) {
    if (work.state === "dead")
      return revive(view, { ...work, wanted: incident.revision, priority }, hasMoment, context);
    if (work.state === "watched") {
      const dueAt = wordDueAt(incident, { ...news, known: Infinity }, context);
      view.putWork({ ...work, state: "ready", wanted: incident.revision, priority, dueAt, sinceAt: context.now });
      return true;
    }
    if (work.state === "hushed") {
      // What happened may be a reason to tell it after all, as when it has got worse; what would have waited waits.
      // What it shows already is kept as it is, whatever is not told.
      const askedAt = hasMoment || !isNew ? wordDueAt(incident, { ...news, known: Infinity }, context) : Infinity;
      const dueAt = Math.min(work.dueAt, askedAt);
      view.putWork({ ...work, wanted: incident.revision, priority: Math.min(work.priority, priority), dueAt });
      return dueAt < work.dueAt;
    }
    if (work.state === "listed")
      return tellListed(view, incident, { ...work, wanted: incident.revision, priority }, context);
    // What only waits to be made sure of once more has nothing to wait for when there is news.
    const isUntried = work.state === "ready" && work.tries === 0;
    const dueAt = isUntried ? wordDueAt(incident, { ...news, known: work.dueAt }, context) : work.dueAt;
    view.putWork({ ...work, wanted: incident.revision, priority: Math.min(work.priority, priority), dueAt });
    return dueAt < work.dueAt;
  }
  const dueAt = wordDueAt(incident, { ...news, known: Infinity }, context);
  view.putWork({ ...newWork(incident, destination, priority, context.now), dueAt });
  return true;
}

/**
 * While somebody else tells a destination, Riposte writes down that it would; what was on its way before is brought to
 * its end. Once Riposte is the one who tells, the next word about the incident is its first.
 */
function tellShadow(view: View, incident: Incident, destination: string, context: Context): boolean {
  const work = view.work(incident.id, destination);
  const terms = context.snapshot.destinations[destination];
  if (work !== undefined && work.state !== "shadow" && work.state !== "hushed") return false;
  const isTold = view.receipt(incident.id, destination) !== undefined;
  const isLive = terms !== undefined && terms.shadow !== true;
  if (!isUnresolved(incident) && !(isLive && isTold)) {
    if (work !== undefined) view.removeWork(incident.id, destination);
    return false;
  }
  const priority = priorityOf({ severity: incident.severity, isNew: !isTold, hasMoment: true });
  const wanted = newWork(incident, destination, priority, context.now);
  view.putWork(isLive ? wanted : shadowed({ ...wanted, sinceAt: work?.sinceAt ?? context.now }));
  return isLive;
}

/**
 * The first word of an incident waits for what the answer of Wazuh was, for what else comes in the same breath, and for
 * nothing else: whatever else happens to it meanwhile is told at once, unless it is no worse than before and its policy
 * leaves time between two words. Also where the clock was set back it waits no longer than that. `known` is when it was
 * due before, `lastDoneAt` when it was told of last.
 */
function wordDueAt(
  incident: Incident,
  { hasMoment, isQuiet, lastDoneAt, known }: Wanted & { readonly lastDoneAt: Instant | null; readonly known: Instant },
  { now, snapshot }: Context,
): Instant {
  const { policy, openedAt, momentCount } = incident;
  const terms = snapshot.policies[policy];
  const isMass = massedPolicy(policy) !== null;
  const isNew = lastDoneAt === null;
  if (isMass && !isNew && !hasMoment && isQuiet) return Math.min(known, now + MASS_COUNT_WAIT_MS);
  if (!isNew && isQuiet) return Math.min(known, quietUntil(incident, terms, lastDoneAt, now));
  // A digest goes on collecting until its time, whatever somebody does about it.
  if (isNew && known !== Infinity && digestedFor(policy) !== null) return known;
  const waitMs = firstWaitMs(incident, terms, isMass ? MASS_WORD_WAIT_MS : 0);
  if (waitMs === 0 || !isNew || openedAt === null || momentCount !== 1) return now;
  return Math.min(Math.max(now, openedAt + waitMs), now + waitMs);
}

/** What became critical is told by itself after all. */
function tellListed(view: View, incident: Incident, listed: Work, { now }: Context): boolean {
  const isCritical = incident.severity === "critical";
  view.putWork(isCritical ? { ...listed, state: "ready", dueAt: now, sinceAt: now } : listed);
  return isCritical;
}

/** News is worth another try of what was refused or given up; not of what a person dropped, or of what has no way out. */
function revive(view: View, dead: Work, hasMoment: boolean, context: Context): boolean {
  const isWorthIt = hasMoment && dead.reason !== "dropped_by_person" && dead.reason !== "destination_removed";
  view.putWork(isWorthIt ? revived(dead, context) : dead);
  return isWorthIt;
}
