import { begin } from "../core/begin.ts";
import { budgetLeft, isFirstWord, isListable } from "../core/budget.ts";
import type { Change, Counters } from "../core/change.ts";
import type { Context } from "../core/context.ts";
import { elsewhereOf } from "../core/elsewhere.ts";
import { playbookOf } from "../core/guidance.ts";
import { admit, isUnanswered, type Lane } from "../core/lane.ts";
import type { Facts } from "../core/need.ts";
import { silenced } from "../core/hush.ts";
import { documentOf, type SilencedDocument } from "../core/silence.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import { View } from "../core/view.ts";
import { MINUTE_MS, type Instant } from "../core/time.ts";
import { isClaimable, type Work } from "../core/work.ts";
import type { Drawer, Step } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Claim, Claimant, ClaimedWork } from "../store/store.ts";
import type { Again, Place, Planned } from "./agenda.ts";
import { firstToEnd, keepHushed, thinkHushed } from "./hushed-thought.ts";
import { contentsOf, partOf, type ClaimedContents } from "./digest-asked.ts";
import type { HushDesk } from "./hush-desk.ts";
import type { Job } from "./job.ts";
import { paint, type ReadFacts } from "./paint.ts";
import { redactorOf } from "./redacted.ts";
import { holdsOf, nothingPassed, passBy, type Passed } from "./passed.ts";
import { think, toBeginItem, type Thought } from "./think.ts";

/** What begins once it is committed. */
export interface Draft {
  readonly changes: readonly Change[];
  readonly jobs: readonly Job[];
  readonly plans: ReadonlyMap<string, Planned>;
}

export interface DraftParts {
  readonly drawers: ReadonlyMap<string, Drawer>;
  readonly generation: number;
  readonly readFacts: ReadFacts;
  readonly install: string;
  readonly clock: Clock;
  readonly hush: Pick<HushDesk, "hushOf" | "mayHide" | "silenceOf">;
  /** A connector threw at an incident; its work becomes a dead letter. */
  readonly failedToDraw: (about: { destination: string; incident: number }, error: unknown) => void;
}

/** A look that was begun is not begun again for this long, even if nobody comes back from it. */
const LOOK_LEASE_MS = 30_000;
/** Finished work that is cleared away in one go. */
const CLEARED_AT_ONCE = 200;
/** Whoever sends alerts of many megabytes holds up the commit by one of them, and not by all. */
const MOST_MS = 20;

interface Sketch {
  readonly destination: string;
  readonly claim: Claim;
  readonly thoughts: readonly (readonly [ClaimedWork, Thought])[];
  readonly mayBeMore: boolean;
  readonly room: number;
  readonly terms: DestinationTerms;
  readonly passed: Passed | null;
  /** When the first of what is held back over there is over; null: nothing is held. */
  readonly heldUntil: Instant | null;
}

/** Nothing is to be done now. */
interface Idle {
  readonly again: Again;
  readonly passed: Passed | null;
}

/**
 * Plans a round: claims what is due, paints the picture, asks the connector for the step, and writes the attempt. It
 * is committed with what it was claimed from, so that no step is made from an older picture than the rows show.
 */
export async function draft(
  round: ReadonlyMap<string, Place>,
  claim: Claimant,
  counters: Counters,
  context: Context,
  parts: DraftParts,
): Promise<Draft> {
  const plans = new Map<string, Planned>();
  const sketches: Sketch[] = [];
  for (const [destination, place] of round) {
    const sketched = await sketch(destination, place, claim, context, parts);
    if ("again" in sketched) plans.set(destination, { begun: [], isClearing: false, ...sketched });
    else sketches.push(sketched);
  }
  const view = new View(factsOf(sketches, counters));
  const jobs: Job[] = [];
  for (const each of sketches) {
    const { destination, thoughts } = each;
    const items = thoughts.map(([work, thought]) => toBeginItem(work, thought, LOOK_LEASE_MS));
    const attempts = begin(view, destination, items, context);
    const begun = thoughts.flatMap(([work, thought], i) => {
      const attempt = attempts[i] ?? null;
      const what = whatOf(work, thought);
      if (attempt === null || what === null) return [];
      return [{ generation: parts.generation, destination, incident: work.incident.id, attempt, what }];
    });
    jobs.push(...begun);
    plans.set(destination, {
      begun: begun.map(({ attempt }) => attempt),
      again: againAfter(each, begun.length, view),
      isClearing: begun.length === 0,
      passed: each.passed,
    });
  }
  return { changes: view.changes(), jobs, plans };
}

/** What to do for one destination, or when to ask again where nothing is to be done now. */
async function sketch(
  destination: string,
  { inFlight, isClearing, passed: before }: Place,
  claim: Claimant,
  context: Context,
  parts: DraftParts,
): Promise<Sketch | Idle> {
  const { now } = context;
  const terms = context.snapshot.destinations[destination];
  if (terms === undefined) return { again: { kind: "when_due", at: null }, passed: null };
  const room = terms.concurrency - inFlight.size;
  if (room <= 0) return { again: { kind: "after_outcome" }, passed: before };
  // A look whose answer could not be committed in its time falls due again while it is still in flight.
  const limit = room + (terms.finds ? inFlight.size : 0) + (isClearing ? CLEARED_AT_ONCE : 0);
  // What it takes to paint what is due is read only where something may begin.
  const mayBegin = (lane: Lane): boolean => admit(lane, terms, now, inFlight.size).calls > 0;
  const query = { destination, limit, now, mayBegin };
  const behind = await claim(before === null ? query : { ...query, after: before.upTo });
  const held = holdsOf(behind.lane, now);
  const isSame = before === null || before.holds === held?.holds;
  const claimed = isSame ? behind : await claim(query);
  let passed = held === null ? null : isSame ? before : nothingPassed(held.holds);
  const isFree = ({ attempt }: Work): boolean => attempt === null || !inFlight.has(attempt);
  const heldUntil = held?.until ?? null;
  if (!(claimed.waiting ?? claimed.items.map(({ work }) => work)).some(isFree)) {
    const at = Math.min(claimed.nextDueAt ?? Infinity, passed === null ? Infinity : (heldUntil ?? Infinity));
    return { again: { kind: "when_due", at: at === Infinity ? null : at }, passed };
  }
  const { calls, againAt } = admit(claimed.lane, terms, now, inFlight.size);
  if (calls === 0) {
    return { again: againAt === null ? { kind: "after_outcome" } : { kind: "not_before", at: againAt }, passed };
  }
  const free = claimed.items.filter(({ work }) => isFree(work));
  const items = terms.finds && isUnanswered(claimed.lane) ? await lostFirst(free, destination, claim, context) : free;

  const thoughts: (readonly [ClaimedWork, Thought])[] = [];
  const beganAt = parts.clock.now();
  let calling = 0;
  let left = budgetLeft(claimed.lane, terms, context.now);
  for (const work of items) {
    const contents = await contentsOf(work, claim, terms, context, parts);
    const wanted = thinkSafely({ ...work, ...contents }, claimed.lane, terms, context, parts);
    const isFirst = wanted.kind === "call" && isFirstWord(work.work, wanted.number);
    const thought = isFirst && left === 0 && isListable(work.incident, work.work) ? listed(terms) : wanted;
    if (isFirst && left > 0) left -= 1;
    thoughts.push([work, thought]);
    if (thought.kind === "wait" && held !== null && claimed.items.includes(work)) {
      passed = passBy(passed ?? nothingPassed(held.holds), work.work, now);
    }
    if (isCall(thought)) calling += 1;
    if (calling === calls || parts.clock.now() - beganAt >= MOST_MS) break;
  }
  const mayBeMore = thoughts.length < items.length || claimed.items.length === limit;
  return { destination, claim: claimed, thoughts, mayBeMore, room, terms, passed, heldUntil };
}

/**
 * Who finds out whether a destination is there again had better change nothing over there: what is sent and lost now
 * may turn up as a second copy. So a look goes first, one, and then all is as ever.
 */
async function lostFirst(
  items: readonly ClaimedWork[],
  destination: string,
  claim: Claimant,
  { now }: Context,
): Promise<readonly ClaimedWork[]> {
  const lost = (await claim({ destination, limit: 1, now, lostOnly: true })).items;
  return [...lost, ...items.filter(({ work }) => lost.every((other) => other.work.incident !== work.incident))];
}

function againAfter(sketched: Sketch, begun: number, view: View): Again {
  const { destination, mayBeMore, room, terms, thoughts } = sketched;
  if (begun > 0 && terms.paceMs > 0) return { kind: "not_before", at: view.lane(destination).nextAt };
  if (begun >= room) return { kind: "after_outcome" };
  // What is left in a digest is told next.
  const isLeft = thoughts.some(([, thought]) => thought.kind === "part" && thought.part.kept.length > 0);
  return mayBeMore || isLeft ? { kind: "at_once" } : { kind: "when_due", at: nextDueAt(sketched, view) };
}

/** The claim knows when others fall due, and not what became of those that it brought. */
function nextDueAt({ destination, claim, thoughts, heldUntil }: Sketch, view: View): Instant | null {
  const waiting = thoughts.flatMap(([{ incident }, thought]) => {
    const work = view.work(incident.id, destination);
    return work !== undefined && isClaimable(work.state) && thought.kind !== "wait" ? [work.dueAt] : [];
  });
  // The next digest, of what there is a reason not to tell in this one.
  const isParted = thoughts.some(([, { kind }]) => kind === "part");
  const made = isParted
    ? view.works().filter((work) => work.destination === destination && work.state === "hushed")
    : [];
  const times = [...waiting, ...made.map(({ dueAt }) => dueAt)];
  const at = Math.min(claim.nextDueAt ?? Infinity, heldUntil ?? Infinity, ...times);
  return at === Infinity ? null : at;
}

function listed({ name, budget }: DestinationTerms): Thought {
  const most = budget === null ? "" : ` of ${budget.max} in ${Math.round(budget.perMs / MINUTE_MS)} minutes`;
  return { kind: "list", evidence: `${name} had its budget${most}` };
}

function isCall({ kind }: Thought): boolean {
  return kind === "call" || kind === "look" || kind === "sweep";
}

function thinkSafely(
  claimed: ClaimedContents,
  lane: Lane,
  terms: DestinationTerms,
  { snapshot, now, restoredAt = null }: Context,
  parts: DraftParts,
): Thought {
  const { destination, incident } = claimed.work;
  try {
    const drawer = parts.drawers.get(destination);
    if (drawer === undefined) throw new Error(`nothing draws for ${destination}`);
    const policy = snapshot.policies[claimed.incident.policy];
    const facts = { install: parts.install, restoredAt, now, lane };
    const { work, incident: about, receipt } = claimed;
    const silence = terms.showsSilence === true ? parts.hush.silenceOf(about, now) : null;
    const picture = paint(claimed, policy, parts.readFacts, {
      playbook: playbookOf(snapshot, about.policy),
      elsewhere: terms.linksElsewhere === true ? elsewhereOf(claimed.receipts ?? [], destination, snapshot) : [],
      redactor: redactorOf(terms),
      silence,
      rails: snapshot.guardrails,
    });
    const document = (): SilencedDocument => documentOf(about, picture.first.document);
    const hushed = parts.hush.hushOf({ incident: about, work, receipt, terms, document }, snapshot, now);
    if (hushed !== null) return thinkHushed(claimed, picture, firstToEnd(hushed, silence), drawer, terms, facts);
    const part = partOf(claimed, terms, snapshot, now, parts);
    if (part !== null) return { kind: "part", part };
    const thought = think(claimed, picture, drawer, terms, facts);
    return silence === null || receipt === null ? thought : keepHushed(thought, work, silenced(silence));
  } catch (error) {
    // One incident that a connector can't draw becomes a dead letter instead of blocking all that wait behind it.
    parts.failedToDraw({ destination, incident }, error);
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    return { kind: "give_up", evidence: `the connector threw ${kind}` };
  }
}

function whatOf(claimed: ClaimedWork, thought: Thought): Job["what"] | null {
  switch (thought.kind) {
    case "satisfied":
    case "give_up":
    case "list":
    case "wait":
    case "hush":
    case "part":
    case "leave":
      return null;
    case "look":
      return { kind: "look", lost: thought.lost };
    case "sweep":
      return { kind: "sweep", lost: thought.lost, step: thought.step };
    case "call":
      return { kind: "call", step: thought.step, repeat: thought.repeat, alertAt: alertAt(claimed, thought.step) };
  }
}

function alertAt({ incident, moments }: ClaimedWork, { plan }: Step): Instant | null {
  const last = moments[plan.momentsTold - 1]?.kind;
  return last === "opened" || last === "escalated" || last === "reopened" ? incident.lastAt : null;
}

/** Deciding what begins takes nothing that a claim does not bring. */
function factsOf(sketches: readonly Sketch[], counters: Counters): Facts {
  const items = sketches.flatMap(({ thoughts }) => thoughts.map(([work]) => work));
  const parts = sketches.flatMap(({ thoughts }) =>
    thoughts.flatMap(([, thought]) => (thought.kind === "part" ? [thought.part] : [])),
  );
  return {
    counters,
    sources: [],
    alerts: [],
    incidents: items.map(({ incident }) => incident),
    dueIncidents: [],
    works: items.map(({ work }) => work),
    receipts: [],
    attempts: [],
    lanes: sketches.map(({ claim }) => claim.lane),
    actions: [],
    surges: [],
    masses: [],
    digests: parts.map(({ state }) => state),
  };
}
