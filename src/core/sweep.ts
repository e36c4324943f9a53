import type { Context } from "./context.ts";
import type { Result, SweptInput } from "./input.ts";
import { laneAfterHold, laneAfterLook, laneAfterTrouble, LOOK } from "./lane.ts";
import type { Found, Look } from "./outcome.ts";
import type { Attempt } from "./receipt.ts";
import { publish } from "./tell.ts";
import { HOUR_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";
import { backoffMs, type Work } from "./work.ts";

/**
 * A step that was done again because nobody knew whether it had arrived. The lost call may land at any time, so a
 * second copy is looked for until then: what landed late is put away, and nobody is left with two.
 */
export interface Sweep {
  readonly step: number;
  /** The connector's word for the step. */
  readonly action: string;
  /** The repeat that arrived. A sweep in flight goes by its number. */
  readonly attempt: number;
  /** Moments that it told, as each copy of it did. */
  readonly momentsTold: number;
  /** When the first call of the step began. */
  readonly since: Instant;
  readonly arrivedAt: Instant;
  readonly until: Instant;
  /** When to look next. */
  readonly at: Instant;
}

/** A repeat arrived: the step joins those that are swept for. */
export function sweepsAfter(work: Work, attempt: Attempt, context: Context): readonly Sweep[] {
  const terms = context.snapshot.destinations[attempt.destination];
  const since = work.lostSince;
  // A repeat that is one because of a restore was lost under another mark, if at all: there is nothing to look for.
  if (!attempt.repeat || since === null || terms === undefined || !terms.finds || terms.sweepMs === 0)
    return work.sweeps;
  const { id, step, action, plan } = attempt;
  const { now } = context;
  const sweep = {
    step,
    action,
    attempt: id,
    momentsTold: plan.momentsTold,
    since,
    arrivedAt: now,
    until: now + terms.sweepMs,
  };
  return [...work.sweeps, { ...sweep, at: now + terms.settleMs }];
}

/** Nothing is left to tell: the row goes, or waits for what may yet turn up. */
export function rest(view: View, work: Work): void {
  if (work.sweeps.length === 0) view.removeWork(work.incident, work.destination);
  else view.putWork({ ...work, state: "watched", dueAt: nextSweepAt(work.sweeps) });
}

/** The one whose turn it is; null: none is due. */
export function dueSweep({ sweeps }: Work, now: Instant): Sweep | null {
  const first = sweeps.toSorted((a, b) => a.at - b.at)[0];
  return first !== undefined && first.at <= now ? first : null;
}

/** Writes down what came of a sweep. A second copy becomes a twin of the receipt, which its connector puts away. */
export function swept(view: View, input: SweptInput, context: Context): Result {
  const { incident, destination, look } = input;
  const work = view.work(incident, destination);
  const sweep = work?.sweeps.find(({ step }) => step === input.step);
  if (work === undefined || sweep === undefined) return { woken: [] };
  if (look.kind === "later" && look.scope === "destination") {
    view.putLane(laneAfterTrouble(view.lane(destination), look, { beganAt: input.beganAt, ...context }));
  }
  if (look.kind !== "later") view.putLane(laneAfterLook(view.lane(destination), context.now));
  if (look.kind === "later" && look.scope === "action") {
    const holdMs = look.retryAfterMs ?? backoffMs(1, context.random);
    view.putLane(laneAfterHold(view.lane(destination), LOOK, holdMs, context.now));
  }
  const again = lookAgain(sweep, look, context.snapshot.destinations[destination]?.settleMs ?? 0, context.now);
  const left: Work = {
    ...work,
    sweeps: [...work.sweeps.filter((other) => other !== sweep), ...(again === null ? [] : [again])],
    attempt: work.attempt === sweep.attempt ? null : work.attempt,
  };
  const twins = look.kind === "found" ? newTwins(view, left, look) : [];
  if (look.kind === "found" && twins.length > 0) return putAway(view, left, sweep, { ...look, others: twins }, context);
  if (left.state === "watched") rest(view, left);
  // The lease of the look may reach beyond the end of the reason not to tell.
  else if (left.state === "hushed") view.putWork({ ...left, dueAt: context.now });
  else view.putWork(left);
  return { woken: [destination] };
}

function nextSweepAt(sweeps: readonly Sweep[]): Instant {
  return Math.min(...sweeps.map(({ at }) => at));
}

/** As long again as it has been there: often at first, then ever less, and once more at the end. */
function lookAgain(sweep: Sweep, look: Look, settleMs: number, now: Instant): Sweep | null {
  const waitMs = Math.max(settleMs, Math.min(HOUR_MS, now - sweep.arrivedAt));
  if (look.kind === "later") {
    // Trouble of the destination ends; whatever else keeps it from being looked for does so for ever.
    const isHopeless = look.scope !== "destination" && now >= sweep.until;
    return isHopeless ? null : { ...sweep, at: now + (look.retryAfterMs ?? waitMs) };
  }
  return now >= sweep.until ? null : { ...sweep, at: Math.min(now + waitMs, sweep.until) };
}

function newTwins(view: View, { incident, destination }: Work, { others }: Found): readonly string[] {
  const known = view.receipt(incident, destination)?.twins ?? [];
  return others.filter((other) => !known.includes(other));
}

function putAway(view: View, work: Work, { step, momentsTold }: Sweep, found: Found, context: Context): Result {
  const { incident, destination } = work;
  const receipt = view.receipt(incident, destination);
  if (receipt === undefined) return { woken: [] };
  const twins = [...receipt.twins, ...found.others];
  const isKept = receipt.remote.anchor === found.remote.anchor;
  // What was told to the copy that goes has yet to be told to the one that stays.
  if (isKept) view.putReceipt({ ...receipt, twins });
  else view.putReceipt({ ...receipt, remote: found.remote, momentsTold, headDigest: null, twins });
  view.putWork({ ...work, state: work.state === "watched" ? "ready" : work.state, dueAt: context.now });
  const about = view.incident(incident);
  // What stands twice inside of the thing itself is tidied up in silence.
  if (about === undefined || step !== 1) return { woken: [destination] };
  const text = `${destination} had it ${found.others.length + 1} times, because a call was answered too late: the oldest stays, the rest is put away (${found.evidence})`;
  return { woken: [destination, ...publish(view, about, { moment: { kind: "note", by: "riposte", text } }, context)] };
}
