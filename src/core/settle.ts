import type { Context } from "./context.ts";
import { digestedFor } from "./digest-event.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import type { LookedInput, Result, SettleInput } from "./input.ts";
import {
  laneAfterHold,
  laneAfterLook,
  laneAfterSuccess,
  laneAfterTrouble,
  LANE_HOLD_MOST_MS,
  LOOK,
  type Lane,
} from "./lane.ts";
import { headline, type Later, type Outcome, type Remote, type Unknown } from "./outcome.ts";
import type { Attempt, Receipt } from "./receipt.ts";
import { linkElsewhere } from "./elsewhere.ts";
import { quietUntil } from "./rhythm.ts";
import { rest, sweepsAfter } from "./sweep.ts";
import { HOUR_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";
import {
  backoffMs,
  CALLS_THAT_MAY_HAVE_ARRIVED,
  EMPTY_LOOKS_BEFORE_REPEAT,
  orphaned,
  priorityOf,
  type Work,
} from "./work.ts";

/** Writes down what came of a call. An attempt settles once: a second report of it changes nothing. */
export function settle(view: View, input: SettleInput, context: Context): Result {
  const attempt = view.attempt(input.attempt);
  if (attempt === undefined || attempt.endedAt !== null) return { woken: [] };
  const { outcome } = input;
  // All of the evidence is kept with the call; what waits because of it needs the one line.
  const brief = { ...outcome, evidence: headline(outcome.evidence) };
  view.putAttempt({
    ...attempt,
    endedAt: context.now,
    outcome: outcome.kind,
    reason: outcome.kind === "done" ? null : outcome.reason,
    evidence: outcome.evidence,
  });
  noteLane(view, attempt, brief, context);
  const work = view.work(attempt.incident, attempt.destination);
  if (work === undefined || work.attempt !== attempt.id) return { woken: [] };

  let others: readonly string[] = [];
  switch (brief.kind) {
    case "done":
      others = arrived(view, work, attempt, { ...brief, others: [], sawAnswer: true }, context);
      break;
    case "later":
      // A repeat that failed cleanly leaves the earlier call as unknown as it was.
      view.putWork(
        orGivenUp({ ...putOff(work, brief, context), state: work.lostSince === null ? "ready" : "unknown" }, context),
      );
      break;
    case "never":
      view.putWork({ ...work, state: "dead", reason: brief.reason, evidence: brief.evidence });
      break;
    case "unknown":
      afterUnknown(view, work, attempt, brief, context);
      break;
  }
  giveUpIfGone(view, attempt, context);
  return { woken: [...new Set([attempt.destination, ...others])] };
}

/** Writes down what came of looking for a step whose call ended without an answer. */
export function looked(view: View, input: LookedInput, context: Context): Result {
  const { look } = input;
  const attempt = view.attempt(input.attempt);
  const work = view.work(input.incident, input.destination);
  if (attempt === undefined || work?.state !== "unknown" || work.attempt !== attempt.id) return { woken: [] };
  const lane = view.lane(input.destination);
  let others: readonly string[] = [];
  switch (look.kind) {
    case "found":
      view.putAttempt({ ...attempt, endedAt: context.now, outcome: "found", evidence: look.evidence });
      view.putLane(laneAfterLook(lane, context.now));
      others = arrived(view, work, attempt, { ...look, sawAnswer: false }, context);
      break;
    case "absent": {
      const looks = work.looks + 1;
      const settleMs = context.snapshot.destinations[input.destination]?.settleMs ?? 0;
      const waitMs = looks < EMPTY_LOOKS_BEFORE_REPEAT ? settleMs : 0;
      view.putLane(laneAfterLook(lane, context.now));
      view.putWork({ ...work, looks, reason: "not_found_yet", evidence: look.evidence, dueAt: context.now + waitMs });
      break;
    }
    case "later":
      if (look.scope === "destination") {
        view.putLane(laneAfterTrouble(lane, look, { beganAt: input.beganAt, ...context }));
      } else if (look.scope === "action") {
        view.putLane(laneAfterHold(lane, LOOK, look.retryAfterMs ?? backoffMs(1, context.random), context.now));
      }
      view.putWork(putOff({ ...work, tries: work.tries + 1 }, look, context));
      break;
  }
  giveUpIfGone(view, attempt, context);
  return { woken: [...new Set([input.destination, ...others])] };
}

/** While the call was under way its destination left the config: what is left to do is nobody's. */
function giveUpIfGone(view: View, { incident, destination }: Attempt, context: Context): void {
  if (context.snapshot.destinations[destination] !== undefined) return;
  const work = view.work(incident, destination);
  if (work !== undefined && work.state !== "dead" && work.state !== "watched") view.putWork(orphaned(work));
}

/**
 * What becomes of work after a call of it was cut off from its answer. What is not safe to repeat is looked for, or
 * repeated with a mark, once it has had time to show; each further time it waits longer, and not for ever. An edit is
 * simply made again, but the lost one may still land, over whatever came later.
 */
export function afterUnknown(view: View, work: Work, attempt: Attempt, unknown: Unknown, context: Context): void {
  const { reason, evidence } = unknown;
  const terms = context.snapshot.destinations[work.destination];
  const settleMs = terms?.settleMs ?? 0;
  if (!attempt.safeToRepeat) {
    const lost = work.lost + 1;
    const most = terms?.callsMost ?? CALLS_THAT_MAY_HAVE_ARRIVED;
    const waitMs = Math.max(settleMs, Math.min(HOUR_MS, settleMs * 2 ** (lost - 1)), backoffMs(lost, context.random));
    const dueAt = context.now + waitMs;
    const lostSince = work.lostSince ?? attempt.beganAt;
    const unsure: Work = { ...work, state: "unknown", lostSince, lost, looks: 0, reason, evidence, dueAt };
    view.putWork(lost >= most ? givenUp(unsure) : orGivenUp(unsure, context));
    return;
  }
  const receipt = view.receipt(work.incident, work.destination);
  if (receipt !== undefined) view.putReceipt({ ...receipt, headDigest: null });
  const dueAt = context.now + Math.min(LANE_HOLD_MOST_MS, backoffMs(Math.max(1, work.tries), context.random));
  // As long as a lost step is looked for before it counts as never done.
  const mayLandUntil = context.now + EMPTY_LOOKS_BEFORE_REPEAT * settleMs;
  view.putWork(orGivenUp({ ...work, state: "ready", reason, evidence, dueAt, mayLandUntil }, context));
}

export interface Arrival {
  readonly remote: Remote;
  readonly others: readonly string[];
  readonly sawAnswer: boolean;
}

/**
 * What is known once a step is there: the receipt says so, and its work goes on with whatever comes next. Returns the
 * other destinations that have something to do for it.
 */
export function arrived(
  view: View,
  work: Work,
  attempt: Attempt,
  arrival: Arrival,
  context: Context,
): readonly string[] {
  const { remote, others, sawAnswer } = arrival;
  const { incident, destination, plan } = attempt;
  const before = view.receipt(incident, destination);
  // Only what began once a lost edit could no longer land over it makes sure.
  const mayLandUntil = work.mayLandUntil !== null && work.mayLandUntil > attempt.beganAt ? work.mayLandUntil : null;
  const receipt: Receipt = {
    incident,
    destination,
    remote: { anchor: remote.anchor ?? before?.remote.anchor ?? null, url: remote.url ?? before?.remote.url ?? null },
    twins: [...(plan.twins ?? before?.twins ?? []), ...others],
    steps: attempt.step,
    momentsTold: plan.momentsTold,
    // What was found may be an older call with that call's head.
    headDigest: sawAnswer ? plan.headDigest : null,
    repeats: (before?.repeats ?? 0) + (attempt.repeat ? 1 : 0),
    firstDoneAt: before?.firstDoneAt ?? context.now,
    lastDoneAt: context.now,
  };
  view.putReceipt(receipt);
  const sweeps = sweepsAfter(work, attempt, context);
  // What has gone over to another thing has more to say there than was thought when the step began.
  const anchorBefore = before?.remote.anchor ?? null;
  const isElsewhere = anchorBefore !== null && anchorBefore !== receipt.remote.anchor;
  const isComplete = sawAnswer && attempt.completes && work.wanted <= attempt.revision && !isElsewhere;
  const about = view.incident(incident);
  const next: Work = {
    ...work,
    state: "ready",
    attempt: null,
    lostSince: null,
    lost: 0,
    priority: priorityOf({
      severity: about?.severity ?? "low",
      isNew: false,
      hasMoment: (about?.momentCount ?? 0) > plan.momentsTold,
    }),
    dueAt: isComplete ? Math.max(context.now, mayLandUntil ?? 0) : restDueAt(about, attempt, sawAnswer, context),
    sinceAt: context.now,
    firstTriedAt: null,
    tries: 0,
    looks: 0,
    reason: null,
    evidence: null,
    mayLandUntil,
    sweeps,
  };
  if (isComplete && mayLandUntil === null) rest(view, next);
  else view.putWork(next);
  if (about !== undefined && digestedFor(about.policy) !== null && isUnresolved(about)) {
    // Nobody has to do anything about a digest: it is over once it is told.
    const over = { state: "resolved", resolvedAt: context.now, resolvedBy: "quiet" } as const;
    view.putIncident({ ...about, ...over, revision: about.revision + 1 });
  }
  return linkElsewhere(view, receipt, before?.remote.url ?? null, context);
}

/** When to go on with what is left to tell. What has only grown meanwhile is not told in one breath with it. */
function restDueAt(
  about: Incident | undefined,
  { completes, plan }: Attempt,
  sawAnswer: boolean,
  { now, snapshot }: Context,
): Instant {
  if (about === undefined || !completes || !sawAnswer || about.momentCount > plan.momentsTold) return now;
  return quietUntil(about, snapshot.policies[about.policy], now, now);
}

function putOff(work: Work, trouble: Later, context: Context): Work {
  const { reason, evidence } = trouble;
  // Trouble of the destination is not the work's: the lane waits for all, and the work keeps its place in it.
  if (trouble.scope === "destination") return { ...work, reason, evidence, dueAt: context.now };
  const waitMs = Math.min(HOUR_MS, trouble.retryAfterMs ?? backoffMs(work.tries, context.random));
  return { ...work, reason, evidence, dueAt: context.now + waitMs };
}

function orGivenUp(work: Work, context: Context): Work {
  const giveUpAfterMs = context.snapshot.destinations[work.destination]?.giveUpAfterMs ?? Infinity;
  const isTooLong = context.now - (work.firstTriedAt ?? context.now) >= giveUpAfterMs;
  return isTooLong ? givenUp(work) : work;
}

function givenUp(work: Work): Work {
  return {
    ...work,
    state: "dead",
    reason: "gave_up",
    evidence: `${work.reason ?? "no reason"}: ${work.evidence ?? ""}`,
  };
}

function noteLane(view: View, attempt: Attempt, outcome: Outcome, context: Context): void {
  const lane = view.lane(attempt.destination);
  switch (outcome.kind) {
    case "done":
      view.putLane(laneAfterSuccess(lane, context.now));
      return;
    case "never":
      return;
    case "later":
    case "unknown":
      view.putLane(laneAfterFailure(lane, attempt, outcome, context));
  }
}

function laneAfterFailure(lane: Lane, { action, beganAt }: Attempt, trouble: Later | Unknown, context: Context): Lane {
  if (trouble.kind === "unknown" || trouble.scope === "destination")
    return laneAfterTrouble(lane, trouble, { beganAt, ...context });
  if (trouble.scope === "work") return lane;
  return laneAfterHold(lane, action, trouble.retryAfterMs ?? backoffMs(1, context.random), context.now);
}
