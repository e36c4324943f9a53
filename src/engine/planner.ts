import type { Change, Counters } from "../core/change.ts";
import type { Context } from "../core/context.ts";
import { decide } from "../core/decide.ts";
import type { Result } from "../core/input.ts";
import { admit } from "../core/lane.ts";
import { View } from "../core/view.ts";
import type { Instant } from "../core/time.ts";
import type { Drawer } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Claim, ClaimedWork, ClaimQuery } from "../store/store.ts";
import type { Asked } from "./door.ts";
import type { Job } from "./job.ts";
import { paint, type ReadFacts } from "./paint.ts";
import { think, toBeginItem, type Thought } from "./think.ts";

export interface PlannerOptions {
  readonly readFacts: ReadFacts;
  readonly install: string;
  readonly clock: Clock;
  /** There is something to plan. */
  readonly awake: () => void;
  /** An incident that a connector can't draw. */
  readonly failed: (destination: string, error: unknown) => void;
}

/** What the turn has decided before anything is planned. */
export interface Decided {
  readonly input: Asked;
  readonly result: Result;
}

/** Destinations to look at in a turn, each with the calls that are still in flight once the turn is committed. */
export type Round = ReadonlyMap<string, number>;

/** What begins once it is committed. */
export interface Draft {
  readonly changes: readonly Change[];
  readonly jobs: readonly Job[];
  /** For each destination of the round when to look at it again; null: when something happens to it. */
  readonly next: ReadonlyMap<string, Instant | "at_once" | null>;
}

/** A look that was begun is not begun again for this long, even if nobody comes back from it. */
const LOOK_LEASE_MS = 30_000;
const RETRY_MS = 1_000;

/**
 * Knows for each destination what is in flight and when there may be something to begin, and plans it: claims what
 * is due, paints the picture, asks the connector for the step. Whatever is planned is committed with its claim, so
 * that no step is ever made from an older picture than the rows show.
 */
export class Planner {
  readonly #options: PlannerOptions;
  #destinations: ReadonlyMap<string, Drawer> = new Map();
  #generation = 0;
  readonly #awake = new Set<string>();
  readonly #inFlight = new Map<string, Set<number>>();
  readonly #timers = new Map<string, () => void>();
  #isResting = true;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  get isAwake(): boolean {
    return this.#awake.size > 0;
  }

  start(): void {
    this.#isResting = false;
    for (const destination of this.#destinations.keys()) this.#wake(destination);
  }

  /** Plans for these from now on. What is in flight keeps its place, also where its destination changed. */
  follow(generation: number, destinations: ReadonlyMap<string, Drawer>): void {
    this.#generation = generation;
    this.#destinations = destinations;
    for (const name of [...this.#awake, ...this.#timers.keys()]) if (!destinations.has(name)) this.#sleep(name, null);
    for (const name of destinations.keys()) this.#wake(name);
  }

  rest(): void {
    this.#isResting = true;
    this.#awake.clear();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Whom this turn may begin something for; null: nobody. */
  round(decided: readonly Decided[]): Round | null {
    if (this.#isResting) return null;
    const awake = new Set(this.#awake);
    const freed = new Map<string, Set<number>>();
    for (const { input, result } of decided) {
      for (const name of result.woken) awake.add(name);
      if (!this.#isOurs(input)) continue;
      awake.add(input.destination);
      freed.set(input.destination, (freed.get(input.destination) ?? new Set()).add(input.attempt));
    }
    const inFlight = (name: string): number => (this.#inFlight.get(name)?.size ?? 0) - (freed.get(name)?.size ?? 0);
    const known = [...awake].filter((name) => this.#destinations.has(name));
    return known.length === 0 ? null : new Map(known.map((name) => [name, inFlight(name)]));
  }

  /** Plans a round. `claim` sees the turn's own changes; nothing is in flight before it is committed. */
  async draft(
    round: Round,
    claim: (query: ClaimQuery) => Claim | Promise<Claim>,
    counters: Counters,
    context: Context,
  ): Promise<Draft> {
    const next = new Map<string, Instant | "at_once" | null>();
    const plans: { destination: string; thoughts: (readonly [ClaimedWork, Thought])[] }[] = [];
    const claims: Claim[] = [];
    for (const [destination, inFlight] of round) {
      next.set(destination, null);
      const terms = context.snapshot.destinations[destination];
      const limit = (terms?.concurrency ?? 0) - inFlight;
      if (terms === undefined || limit <= 0) continue;
      const claimed = await claim({ destination, limit, now: context.now });
      const { lane, items, nextDueAt } = claimed;
      if (items.length === 0) {
        next.set(destination, nextDueAt);
        continue;
      }
      const { calls, againAt } = admit(lane, terms, context.now, inFlight);
      if (calls === 0) {
        next.set(destination, againAt);
        continue;
      }
      const thoughts = items.slice(0, calls).map((work) => [work, this.#think(work, context)] as const);
      plans.push({ destination, thoughts });
      claims.push(claimed);
      const started = thoughts.filter(([, { kind }]) => kind === "look" || kind === "call").length;
      const mayBeMore = items.length === limit || calls < items.length;
      if (mayBeMore) next.set(destination, started < limit ? "at_once" : null);
      else next.set(destination, nextDueAt);
    }
    const view = new View(factsOf(claims, counters));
    const jobs = plans.flatMap(({ destination, thoughts }) => {
      const items = thoughts.map(([work, thought]) => toBeginItem(work, thought, LOOK_LEASE_MS));
      const { attempts = [] } = decide(view, { kind: "begin", destination, items }, context);
      return thoughts.flatMap(([work, thought], i) => {
        const what = whatOf(work, thought);
        const attempt = attempts[i] ?? null;
        if (what === null || attempt === null) return [];
        return [{ generation: this.#generation, destination, incident: work.incident.id, attempt, what }];
      });
    });
    return { changes: view.changes(), jobs, next };
  }

  /** The turn is committed, with what was planned in it or (null) without any plan. */
  committed(decided: readonly Decided[], draft: Draft | null): void {
    for (const { input, result } of decided) {
      if (this.#isOurs(input)) {
        this.#inFlight.get(input.destination)?.delete(input.attempt);
        if (draft === null) this.#wake(input.destination);
      }
      if (draft === null) for (const name of result.woken) this.#wake(name);
    }
    if (draft === null) return;
    for (const { destination, attempt } of draft.jobs) {
      const inFlight = this.#inFlight.get(destination) ?? new Set();
      this.#inFlight.set(destination, inFlight.add(attempt));
    }
    for (const [destination, at] of draft.next) {
      if (at === "at_once") this.#wake(destination);
      else this.#sleep(destination, at);
    }
  }

  /** The draft could not be committed, or not even made: those who are awake try again a little later. */
  failed(): void {
    const at = this.#options.clock.now() + RETRY_MS;
    for (const destination of this.#awake) this.#sleep(destination, at);
  }

  /** What came of a job that we handed out. */
  #isOurs(input: Asked): input is Extract<Asked, { kind: "settle" | "looked" }> {
    if (input.kind !== "settle" && input.kind !== "looked") return false;
    return this.#inFlight.get(input.destination)?.has(input.attempt) === true;
  }

  #wake(destination: string): void {
    if (this.#isResting || !this.#destinations.has(destination)) return;
    this.#awake.add(destination);
    this.#options.awake();
  }

  #sleep(destination: string, until: Instant | null): void {
    const { clock } = this.#options;
    this.#awake.delete(destination);
    this.#timers.get(destination)?.();
    this.#timers.delete(destination);
    if (until === null || this.#isResting) return;
    const wake = (): void => {
      this.#timers.delete(destination);
      this.#wake(destination);
    };
    this.#timers.set(destination, clock.after(Math.max(1, until - clock.now()), wake));
  }

  #think(claimed: ClaimedWork, { snapshot }: Context): Thought {
    const { readFacts, install, failed } = this.#options;
    const name = claimed.work.destination;
    try {
      const groupBy = snapshot.policies[claimed.incident.policy]?.groupBy ?? [];
      const picture = paint(claimed, groupBy, readFacts);
      return think(claimed, picture, this.#destinations.get(name)!, snapshot.destinations[name]!, install);
    } catch (error) {
      // One incident that a connector can't draw becomes a dead letter instead of blocking all that wait behind it.
      failed(name, error);
      const kind = error instanceof Error ? error.constructor.name : typeof error;
      return { kind: "give_up", evidence: `the connector threw ${kind}` };
    }
  }
}

function whatOf({ receipt }: ClaimedWork, thought: Thought): Job["what"] | null {
  switch (thought.kind) {
    case "satisfied":
    case "give_up":
      return null;
    case "look":
      return { kind: "look", mark: thought.mark, receipt };
    case "call":
      return { kind: "call", step: thought.step, repeat: thought.repeat };
  }
}

/** Deciding what begins takes nothing that a claim does not bring. */
function factsOf(claims: readonly Claim[], counters: Counters) {
  const items = claims.flatMap((claim) => claim.items);
  return {
    counters,
    sources: [],
    alerts: [],
    incidents: items.map(({ incident }) => incident),
    dueIncidents: [],
    works: items.map(({ work }) => work),
    receipts: [],
    attempts: [],
    lanes: claims.map(({ lane }) => lane),
  };
}
