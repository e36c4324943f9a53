import type { BeginItem } from "../core/begin.ts";
import type { DigestPart } from "../core/digest-part.ts";
import type { Hushed } from "../core/hush.ts";
import { heldUntil, LOOK, type Lane } from "../core/lane.ts";
import { upToMoment, type Picture } from "../core/picture.ts";
import { markOf, type Receipt } from "../core/receipt.ts";
import { markInstall, mayHaveBeenTold } from "../core/restore.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import { dueSweep } from "../core/sweep.ts";
import type { Instant } from "../core/time.ts";
import { EMPTY_LOOKS_BEFORE_REPEAT, type Work } from "../core/work.ts";
import type { Drawer, Lost, Step } from "../connectors/connector.ts";
import type { ClaimedWork } from "../store/store.ts";

/** What is to be done about a piece of claimed work. */
export type Thought =
  | { readonly kind: "satisfied" }
  | { readonly kind: "give_up"; readonly evidence: string }
  | { readonly kind: "look"; readonly lost: Lost }
  | { readonly kind: "sweep"; readonly lost: Lost; readonly step: number; readonly attempt: number }
  /** More than the destination's budget. */
  | { readonly kind: "list"; readonly evidence: string }
  /** There is a reason not to tell it now. */
  | { readonly kind: "hush"; readonly hushed: Hushed }
  /** It is over, and nobody was to hear of it. */
  | { readonly kind: "leave" }
  /** There is a reason not to tell some of a digest now, or all of it. */
  | { readonly kind: "part"; readonly part: DigestPart }
  /** Steps of its kind are slowed down over there. */
  | { readonly kind: "wait"; readonly until: Instant }
  | {
      readonly kind: "call";
      readonly step: Step;
      readonly number: number;
      readonly repeat: boolean;
      readonly completes: boolean;
    };

/** What it takes besides the rows that were claimed. */
export interface ThinkFacts {
  readonly install: string;
  /** When the database was last put back to an older state; null: never. */
  readonly restoredAt: Instant | null;
  readonly now: Instant;
  readonly lane: Lane;
}

/** Decides from the rows alone what comes next: look for a lost step, do it again, do the next one, or nothing. */
export function think(
  claimed: ClaimedWork,
  picture: Picture,
  destination: Drawer,
  terms: DestinationTerms,
  { install, restoredAt, now, lane }: ThinkFacts,
): Thought {
  const { work, attempt } = claimed;
  const receipt = asKnown(claimed.receipt, work, restoredAt, now);
  const { lostSince } = work;
  const markBy = (by: string, step: number): string => markOf(by, work.incident, work.destination, step);
  const ownInstall = markInstall(install, restoredAt);
  // What was done before a restore was done under the marks of its time.
  const markOfThen = (at: Instant, step: number): string =>
    markBy(mayHaveBeenTold(at, restoredAt) ? install : ownInstall, step);
  const number = (receipt?.steps ?? 0) + 1;
  if (lostSince !== null && terms.finds && work.looks < EMPTY_LOOKS_BEFORE_REPEAT && attempt !== null) {
    const heldTo = heldUntil(lane, LOOK, now);
    if (heldTo !== null) return { kind: "wait", until: heldTo };
    const lostMark = markOfThen(attempt.beganAt, number);
    return { kind: "look", lost: { mark: lostMark, action: attempt.action, receipt, since: lostSince } };
  }
  const mark = markBy(ownInstall, number);
  // What may have arrived is said again as it was said: whichever copy is found tells the same moments.
  const shown = lostSince !== null && attempt !== null ? upToMoment(picture, attempt.plan.momentsTold) : picture;
  const repeat = lostSince !== null || tellsWhatMayBeTold(shown, receipt, restoredAt);
  const step = destination.next(shown, receipt, { mark, repeat });
  if (step === null) {
    const sweep = work.mayLandUntil === null ? dueSweep(work, now) : null;
    if (sweep === null) return { kind: "satisfied" };
    const heldTo = heldUntil(lane, LOOK, now);
    if (heldTo !== null) return { kind: "wait", until: heldTo };
    const sweptMark = markOfThen(sweep.arrivedAt, sweep.step);
    const lost = { mark: sweptMark, action: sweep.action, receipt, since: sweep.since };
    return { kind: "sweep", lost, step: sweep.step, attempt: sweep.attempt };
  }
  const heldTo = heldUntil(lane, step.action, now);
  if (heldTo !== null) return { kind: "wait", until: heldTo };
  const after = receiptAfter(receipt, picture, number, step);
  const completes = destination.next(picture, after, { mark, repeat: false }) === null;
  return { kind: "call", step, number, repeat, completes };
}

/**
 * After a restore the destination may show more than the receipt knows, and a lost edit may have landed over what came
 * later: the head counts as not known.
 */
function asKnown(
  receipt: Receipt | null,
  { mayLandUntil }: Work,
  restoredAt: Instant | null,
  now: Instant,
): Receipt | null {
  if (receipt === null) return null;
  const mayHaveLanded = mayLandUntil !== null && mayLandUntil <= now;
  return mayHaveLanded || mayHaveBeenTold(receipt.lastDoneAt, restoredAt) ? { ...receipt, headDigest: null } : receipt;
}

function tellsWhatMayBeTold({ moments }: Picture, receipt: Receipt | null, restoredAt: Instant | null): boolean {
  if (restoredAt === null) return false;
  const told = receipt?.momentsTold ?? 0;
  return moments.some(({ n, at }) => n > told && mayHaveBeenTold(at, restoredAt));
}

/** The form of a thought that is committed before anything is done about it. */
export function toBeginItem(claimed: ClaimedWork, thought: Thought, leaseMs: number): BeginItem {
  const { id: incident, revision } = claimed.incident;
  switch (thought.kind) {
    case "satisfied":
      return { incident, revision, what: { kind: "satisfied" } };
    case "give_up":
      return { incident, revision, what: { kind: "give_up", reason: "connector_bug", evidence: thought.evidence } };
    case "look":
      return { incident, revision, what: { kind: "look", leaseMs } };
    case "sweep":
      return { incident, revision, what: { kind: "sweep", attempt: thought.attempt, leaseMs } };
    case "list":
      return { incident, revision, what: { kind: "list", evidence: thought.evidence } };
    case "hush":
      return { incident, revision, what: { kind: "hush", hushed: thought.hushed } };
    case "part":
      return { incident, revision, what: { kind: "part", part: thought.part } };
    case "leave":
      return { incident, revision, what: { kind: "leave" } };
    case "wait":
      return { incident, revision, what: { kind: "wait" } };
    case "call": {
      const { step, number, repeat, completes } = thought;
      const { action, safeToRepeat, plan } = step;
      return {
        incident,
        revision,
        what: { kind: "call", action, step: number, safeToRepeat, repeat, plan, completes },
      };
    }
  }
}

function receiptAfter(receipt: Receipt | null, picture: Picture, number: number, step: Step): Receipt {
  return {
    incident: picture.incident.id,
    destination: receipt?.destination ?? "",
    // Any anchor will do for asking whether something is left to say.
    remote: receipt?.remote ?? { anchor: step.anchor ?? step.mark, url: null },
    twins: step.plan.twins ?? receipt?.twins ?? [],
    steps: number,
    momentsTold: step.plan.momentsTold,
    headDigest: step.plan.headDigest,
    repeats: receipt?.repeats ?? 0,
    firstDoneAt: receipt?.firstDoneAt ?? 0,
    lastDoneAt: 0,
  };
}
