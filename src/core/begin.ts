import { isFirstWord, laneAfterFirsts } from "./budget.ts";
import type { Context } from "./context.ts";
import { partDigest, type DigestPart } from "./digest-part.ts";
import { hushed, type Hushed } from "./hush.ts";
import { isUnresolved } from "./incident.ts";
import { laneAfterStart } from "./lane.ts";
import type { Reason } from "./outcome.ts";
import type { Plan } from "./receipt.ts";
import { rest } from "./sweep.ts";
import type { View } from "./view.ts";
import { isClaimable, type Work } from "./work.ts";

/** What is to become of a piece of work that is due. */
export interface BeginItem {
  readonly incident: number;
  /** Revision of the incident that the item was decided on. */
  readonly revision: number;
  readonly what:
    | { readonly kind: "satisfied" }
    | { readonly kind: "look"; readonly leaseMs: number }
    /** Whether a step that was repeated is there twice. */
    | { readonly kind: "sweep"; readonly attempt: number; readonly leaseMs: number }
    /** More than the destination's budget. */
    | { readonly kind: "list"; readonly evidence: string }
    /** There is a reason not to tell it now. */
    | { readonly kind: "hush"; readonly hushed: Hushed }
    /** It is over, and nobody was to hear of it. */
    | { readonly kind: "leave" }
    /** There is a reason not to tell some of a digest now, or all of it. */
    | { readonly kind: "part"; readonly part: DigestPart }
    /** Nothing of its kind may start before then. */
    | { readonly kind: "wait" }
    /** It can't even be decided on: a person must look. */
    | { readonly kind: "give_up"; readonly reason: Reason; readonly evidence: string }
    | {
        readonly kind: "call";
        readonly action: string;
        readonly step: number;
        readonly safeToRepeat: boolean;
        readonly repeat: boolean;
        readonly plan: Plan;
        readonly completes: boolean;
      };
}

/**
 * Writes down what begins once this is committed. Returns the attempt of each item in order; null where there is
 * nothing to call.
 */
export function begin(
  view: View,
  destination: string,
  items: readonly BeginItem[],
  context: Context,
): readonly (number | null)[] {
  const terms = context.snapshot.destinations[destination];
  let firsts = 0;
  const attempts = items.map((item) => {
    const work = view.work(item.incident, destination);
    const isDue = work !== undefined && isClaimable(work.state) && work.dueAt <= context.now;
    if (!isDue || terms === undefined) return null;
    if (item.what.kind === "call" && isFirstWord(work, item.what.step)) firsts += 1;
    return beginItem(view, destination, item, work, context);
  });
  const calls = attempts.filter((attempt) => attempt !== null).length;
  if (calls > 0 && terms !== undefined) {
    const lane = view.lane(destination);
    const started = laneAfterStart(lane, terms, calls, context.now);
    const after = laneAfterFirsts(started, terms, firsts, context.now);
    if (after !== lane) view.putLane(after);
  }
  return attempts;
}

function beginItem(view: View, destination: string, item: BeginItem, work: Work, context: Context): number | null {
  switch (item.what.kind) {
    case "satisfied":
      if (work.mayLandUntil !== null && work.mayLandUntil > context.now)
        view.putWork({ ...work, dueAt: work.mayLandUntil });
      else if (work.wanted <= item.revision) rest(view, { ...work, mayLandUntil: null });
      return null;
    case "give_up":
      view.putWork({ ...work, state: "dead", reason: item.what.reason, evidence: item.what.evidence });
      return null;
    case "look":
      // Looking changes nothing over there, so it needs no row of its own, only a lease that ends by time.
      view.putWork({ ...work, dueAt: context.now + item.what.leaseMs });
      return work.attempt;
    case "sweep": {
      const { attempt, leaseMs } = item.what;
      const isTold = work.wanted <= item.revision && work.state !== "hushed";
      const state = isTold ? "watched" : work.state;
      view.putWork({ ...work, state, attempt, dueAt: context.now + leaseMs });
      return attempt;
    }
    case "list":
      // What was over before its turn came has nothing left to tell, and would stay on the list for ever.
      if (isOver(view, work)) view.removeWork(work.incident, work.destination);
      else view.putWork({ ...work, state: "listed", reason: "over_budget", evidence: item.what.evidence });
      return null;
    case "hush":
      view.putWork(hushed(work, item.what.hushed));
      return null;
    case "part": {
      const digest = view.incident(work.incident);
      if (digest !== undefined) partDigest(view, digest, work, item.what.part, context);
      return null;
    }
    case "leave":
      view.removeWork(work.incident, work.destination);
      return null;
    case "wait":
      // The lane says so for all that wait.
      return null;
    case "call": {
      const { action, step, safeToRepeat, repeat, plan, completes } = item.what;
      const id = view.nextId("attempt");
      view.putAttempt({
        id,
        incident: item.incident,
        destination,
        step,
        action,
        safeToRepeat,
        repeat,
        plan,
        revision: item.revision,
        completes,
        beganAt: context.now,
        endedAt: null,
        outcome: null,
        reason: null,
        evidence: null,
      });
      view.putWork({
        ...work,
        state: "sending",
        attempt: id,
        firstTriedAt: work.firstTriedAt ?? context.now,
        tries: work.tries + 1,
      });
      return id;
    }
  }
}

function isOver(view: View, { incident }: Work): boolean {
  const about = view.incident(incident);
  return about !== undefined && !isUnresolved(about);
}
