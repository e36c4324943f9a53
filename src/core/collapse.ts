import type { Context } from "./context.ts";
import { backAgain, bodySlot, isUnresolved, nextState, type Incident } from "./incident.ts";
import { MASS_GROUP, massedPolicy, massLine, massPolicyName, newMassEvent, type Collapse } from "./mass-event.ts";
import type { MomentKind } from "./moments.ts";
import type { News } from "./news.ts";
import { grouped } from "./plain-text.ts";
import { isWorse } from "./severity.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { MINUTE_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";
import { isBegun } from "./work.ts";

/** The incident with the mass event that it is told in, if any, and what is to be said of others because of it. */
export interface Placed {
  readonly incident: Incident;
  readonly also: readonly Said[];
}

export interface Said {
  readonly incident: Incident;
  readonly news: News;
}

/** Where an incident is told. */
interface Place {
  /** Null: by itself. */
  readonly mass: number | null;
  /** The mass event that begins with it. */
  readonly begun: Incident | null;
  /** Those that opened just before and come with it. */
  readonly absorbed: readonly Incident[];
  /** More than its policy's measure opened at once. */
  readonly isSurge: boolean;
}

/**
 * Decides where an incident that has changed is told: by itself, or in the mass event of its policy, once more have
 * opened within a time than anybody would read one by one. Keeps the mass event's count with it.
 */
export function placed(view: View, changed: Incident, news: News, context: Context): Placed {
  const opens = isOpening(news.moment?.kind);
  // What has nothing to do with any pays for two looks at a field.
  if ((!opens && changed.collapsedInto === undefined) || massedPolicy(changed.policy) !== null)
    return { incident: changed, also: [] };
  const before = view.incident(changed.id);
  const at = news.happenedAt ?? context.now;
  const place = placeOf(view, before, changed, { opens, at }, context);
  const incident = toldIn(place.mass, changed);
  const absorbed = place.absorbed.map((one) => ({ before: one, after: toldIn(place.mass, one) }));
  const moves = [{ before, after: incident }, ...absorbed];
  const touched = new Set(moves.flatMap((move) => [move.before, move.after]).map((one) => one?.collapsedInto));
  return {
    incident,
    also: [
      ...[...touched].flatMap((id) => (id === undefined ? [] : counted(view, id, moves, place, at, context))),
      ...absorbed.map(({ before: was, after }) => ({ incident: after, news: newsOfJoining(view, was, after) })),
    ],
  };
}

function placeOf(
  view: View,
  before: Incident | undefined,
  changed: Incident,
  { opens, at }: { readonly opens: boolean; readonly at: Instant },
  { snapshot, now }: Context,
): Place {
  const policy = snapshot.policies[changed.policy];
  const home = changed.collapsedInto === undefined ? undefined : view.incident(changed.collapsedInto);
  const asItWas: Place = { ...ALONE, mass: changed.collapsedInto ?? null };
  if (!opens) {
    if (!isSeen(changed)) return asItWas;
    // A person wants to see what is still held back.
    if (standsOut(changed, policy) || before?.state === "pending") return ALONE;
    // A person has called the mass event over, and here is an alert that it is not.
    const isHeardAgain = home?.state === "resolved" && before !== undefined && changed.count > before.count;
    if (!isHeardAgain) return asItWas;
  }
  if (policy?.collapse === undefined) return ALONE;
  const near = noteOpening(view, changed, policy.collapse, at);
  if (standsOut(changed, policy)) return ALONE;
  const isSurge = near.length >= policy.collapse.above;
  // Who comes and goes while it lasts is told nowhere else. Once it is past, one that comes back is news again.
  const surgedAt = view.mass(home?.id ?? 0)?.surgedAt ?? -Infinity;
  if (home !== undefined && isUnresolved(home) && at - surgedAt <= policy.collapse.withinMs)
    return { ...asItWas, isSurge };
  if (!isSurge) return ALONE;

  const newest = view.newestOfGroup(massPolicyName(policy.name), MASS_GROUP);
  const isOver =
    newest === undefined || (!isUnresolved(newest) && at - (newest.resolvedAt ?? 0) > policy.reopenWithinMs);
  const from = Math.min(at, ...near.map((opening) => opening.at));
  const begun = isOver ? newMassEvent(view.nextId("incident"), changed, changed.severity, from, now) : null;
  const mass = begun?.id ?? newest!.id;
  const absorbed = near.flatMap(({ incident: id }) => {
    const incident = view.incident(id);
    const joins = incident?.state === "open" && incident.collapsedInto !== mass && !standsOut(incident, policy);
    return joins ? [incident] : [];
  });
  return { mass, begun, absorbed, isSurge };
}

const ALONE: Place = { mass: null, begun: null, absorbed: [], isSurge: false };

/** So many times the measure are remembered: what is read late, or dated ahead, comes between those of now. */
const REMEMBERED = 3;

/** Counts it among the newest, and answers with those that opened close to it, by event time: as many as matter. */
function noteOpening(view: View, { id, policy }: Incident, { above, withinMs }: Collapse, at: Instant) {
  const others = view.surge(policy).recent.filter(({ incident }) => incident !== id);
  view.putSurge({ policy, recent: [...others, { incident: id, at }].slice(-REMEMBERED * above) });
  return others.filter((opening) => Math.abs(at - opening.at) < withinMs).slice(-above);
}

interface Move {
  readonly before: Incident | undefined;
  readonly after: Incident;
}

/** Keeps the count of a mass event, and says of it what that makes of it. */
function counted(
  view: View,
  id: number,
  moves: readonly Move[],
  { begun, isSurge }: Place,
  at: Instant,
  { now, snapshot }: Context,
): readonly Said[] {
  const known = begun?.id === id ? begun : view.incident(id);
  if (known === undefined) return [];
  const row = view.mass(id) ?? { incident: id, members: 0, unresolved: 0, surgedAt: Math.min(at, now) };
  const isIn = (incident: Incident | undefined): boolean => incident?.collapsedInto === id;
  const isLive = (incident: Incident | undefined): boolean =>
    incident !== undefined && isIn(incident) && isSeen(incident);
  const members = row.members + change(moves, isIn);
  const unresolved = row.unresolved + change(moves, isLive);
  const joined = moves.filter(({ before, after }) => isLive(after) && !isLive(before));
  const hasSurged = isSurge && joined.length > 0;
  // An alert that is dated ahead would keep it going until then.
  const surgedAt = hasSurged ? Math.max(row.surgedAt, Math.min(at, now)) : row.surgedAt;
  const severity = moves
    .filter(({ after }) => isLive(after))
    .reduce((worst, { after }) => (isWorse(after.severity, worst) ? after.severity : worst), known.severity);
  const isSame = members === row.members && unresolved === row.unresolved && severity === known.severity;
  if (isSame && surgedAt === row.surgedAt && begun === null) return [];
  view.putMass({ incident: id, members, unresolved, surgedAt });
  if (isSame && begun === null) return [];

  const lastAt = Math.max(known.lastAt, at);
  const mass: Incident = { ...known, severity, count: members, firstAt: Math.min(known.firstAt, at), lastAt };
  if (begun?.id === id) {
    view.add({ table: "body", row: { incident: id, slot: bodySlot(1), ordinal: 1, raw: massLine(mass) } });
    return [said(mass, "opened", null, at)];
  }
  if (!isUnresolved(known)) {
    if (joined.length === 0) return [{ incident: mass, news: { moment: null } }];
    const state = nextState(known.state, "alert") ?? known.state;
    const again = { ...backAgain(mass), state, openedAt: now };
    return [said(again, "reopened", null, at)];
  }
  if (unresolved === 0) {
    const last = moves[0]!.after;
    const state = nextState(known.state, "clear") ?? known.state;
    const over = { ...mass, state, resolvedAt: last.resolvedAt ?? at, resolvedBy: last.resolvedBy ?? "clear" };
    const text = members === 0 ? "what was told here is told by itself" : `all ${grouped(members)} incidents are over`;
    return [said(over, "resolved", text, at)];
  }
  if (isWorse(severity, known.severity)) return [said(mass, "escalated", "incidents of that severity joined", at)];
  const withinMs = snapshot.policies[massedPolicy(known.policy) ?? ""]?.collapse?.withinMs ?? Infinity;
  if (!hasSurged || at - row.surgedAt <= withinMs) return [{ incident: mass, news: { moment: null } }];
  const text = `once more too many opened within ${Math.round(withinMs / MINUTE_MS)} minutes`;
  return [said(mass, "note", text, at)];
}

function said(incident: Incident, kind: MomentKind, text: string | null, happenedAt: Instant): Said {
  const by = kind === "note" ? "riposte" : null;
  return { incident, news: { moment: { kind, by, text }, happenedAt } };
}

/** Who has read of it by itself is told where it goes on. */
function newsOfJoining(view: View, was: Incident, { collapsedInto }: Incident): News {
  const isTold = view.receiptsOf(was.id).length > 0 || view.worksOf(was.id).some(isBegun);
  if (!isTold) return { moment: null };
  const text = `one of many at once: #${collapsedInto} tells of all of them`;
  return { moment: { kind: "note", by: "riposte", text } };
}

function change(moves: readonly Move[], counts: (incident: Incident | undefined) => boolean): number {
  return moves.reduce((sum, { before, after }) => sum + Number(counts(after)) - Number(counts(before)), 0);
}

function toldIn(mass: number | null, incident: Incident): Incident {
  const { collapsedInto: _, ...alone } = incident;
  return mass === null ? alone : { ...alone, collapsedInto: mass };
}

function isOpening(kind: MomentKind | undefined): boolean {
  return kind === "opened" || kind === "reopened";
}

/** People can see it, and it is not over. */
function isSeen({ state }: Incident): boolean {
  return state === "open" || state === "acknowledged";
}

/** Critical by its alerts among those that are not. Where a policy calls all of its incidents critical, none does. */
function standsOut({ severity }: Incident, policy: PolicyTerms | undefined): boolean {
  return severity === "critical" && policy?.severity !== "critical";
}
