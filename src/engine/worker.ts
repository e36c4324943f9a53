import { admit } from "../core/lane.ts";
import type { Look, Outcome } from "../core/outcome.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import type { Instant } from "../core/time.ts";
import type { Destination } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Http } from "../ports/http.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { ClaimedWork } from "../store/store.ts";
import type { WriterDoor } from "./door.ts";
import { paint, type ReadFacts } from "./paint.ts";
import { performStep, performLook } from "./perform.ts";
import { think, toBeginItem, type Thought } from "./think.ts";

export interface WorkerOptions {
  readonly door: WriterDoor;
  readonly destination: Destination;
  readonly terms: DestinationTerms;
  /** The fields a policy groups by; empty for a policy that is gone. */
  readonly groupBy: (policy: string) => readonly string[];
  readonly readFacts: ReadFacts;
  readonly http: Http;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly observe: WorkerObserver;
}

/** Told of what happened, for logs and counters. */
export interface WorkerObserver {
  settled(
    about: { destination: string; incident: number; action: string; repeat: boolean; tookMs: number },
    outcome: Outcome,
  ): void;
  looked(about: { destination: string; incident: number }, look: Look): void;
  /** Something that should not happen; the worker goes on. */
  failed(about: { destination: string }, error: unknown): void;
}

export const STEP_DEADLINE_MS = 10_000;
/** A look that was begun is not begun again for this long, even if nobody comes back from it. */
const LOOK_LEASE_MS = 3 * STEP_DEADLINE_MS;
const RETRY_DOOR_MS = 1_000;

interface Job {
  readonly claimed: ClaimedWork;
  readonly thought: Thought;
}

/**
 * Brings one destination closer to what it should show: claims what is due, commits what it is about to do, does
 * it, commits what came of it. Destinations share nothing but the Writer, so one that hangs costs the others nothing.
 */
export class Worker {
  readonly #options: WorkerOptions;
  #inFlight = 0;
  #pumping = false;
  #again = false;
  #stopping = false;
  #cancelTimer: () => void = () => {};
  #idle: (() => void)[] = [];

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** There may be something to do. */
  wake(): void {
    this.#again = true;
    if (this.#pumping || this.#stopping) return;
    this.#pumping = true;
    const pumped = (): void => {
      this.#pumping = false;
      if (this.#again && !this.#stopping) this.wake();
      else this.#tellIdle();
    };
    this.#pump().then(pumped, pumped);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Begins nothing more; resolves when the calls in flight have ended and are written down. */
  async drain(): Promise<void> {
    this.#stopping = true;
    this.#again = false;
    this.#cancelTimer();
    while (this.#inFlight > 0 || this.#pumping) await new Promise<void>((idle) => this.#idle.push(idle));
  }

  async #pump(): Promise<void> {
    try {
      while (this.#again && !this.#stopping) {
        this.#again = false;
        await this.#round();
      }
    } catch (error) {
      this.#tellFailed(error);
      this.#wakeAt(this.#options.clock.now() + RETRY_DOOR_MS);
    }
  }

  async #round(): Promise<void> {
    const { door, terms, clock } = this.#options;
    const free = terms.concurrency - this.#inFlight;
    if (free <= 0) return;
    const claim = await door.claim({ destination: terms.name, limit: free, now: clock.now() });
    if (this.#stopping) return;
    if (claim.items.length === 0) {
      if (claim.nextDueAt !== null) this.#wakeAt(claim.nextDueAt);
      return;
    }
    const { calls, againAt } = admit(claim.lane, terms, clock.now(), this.#inFlight);
    if (calls === 0) {
      if (againAt !== null) this.#wakeAt(againAt);
      return;
    }
    const jobs = claim.items.slice(0, calls).map((claimed) => this.#job(claimed));
    const items = jobs.map(({ claimed, thought }) => toBeginItem(claimed, thought, LOOK_LEASE_MS));
    const { attempts = [] } = await door.submit({ kind: "begin", destination: terms.name, items });
    jobs.forEach((job, i) => this.#start(job, attempts[i] ?? null));
    this.#again = true;
  }

  #job(claimed: ClaimedWork): Job {
    const { destination, terms, door, groupBy, readFacts } = this.#options;
    try {
      const picture = paint(claimed, groupBy(claimed.incident.policy), readFacts);
      return { claimed, thought: think(claimed, picture, destination, terms, door.install) };
    } catch (error) {
      // One incident that a connector can't draw becomes a dead letter instead of blocking all that wait behind it.
      this.#tellFailed(error);
      const name = error instanceof Error ? error.constructor.name : typeof error;
      return { claimed, thought: { kind: "give_up", evidence: `the connector threw ${name}` } };
    }
  }

  #start(job: Job, attempt: number | null): void {
    if (attempt === null) return;
    this.#inFlight += 1;
    this.#finish(job, attempt)
      .catch((error: unknown) => this.#tellFailed(error))
      .finally(() => {
        this.#inFlight -= 1;
        if (this.#stopping) this.#tellIdle();
        else this.wake();
      });
  }

  async #finish({ claimed, thought }: Job, attempt: number): Promise<void> {
    const { destination, terms, http, secrets, clock, observe } = this.#options;
    const beganAt = clock.now();
    const io = { http, secrets, now: beganAt, deadlineMs: STEP_DEADLINE_MS };
    const about = { destination: terms.name, incident: claimed.incident.id };
    switch (thought.kind) {
      case "satisfied":
      case "give_up":
        return;
      case "look": {
        const look = await performLook(destination, thought.mark, claimed.receipt, io, clock);
        await this.#tell({ kind: "looked", ...about, attempt, beganAt, look });
        observe.looked(about, look);
        return;
      }
      case "call": {
        const { step, repeat } = thought;
        const outcome = await performStep(destination, step, io, clock);
        const tookMs = clock.now() - beganAt;
        await this.#tell({ kind: "settle", ...about, attempt, outcome });
        observe.settled({ ...about, action: step.action, repeat, tookMs }, outcome);
      }
    }
  }

  /** An outcome is worth waiting for: while the database takes nothing, it is offered again and again. */
  async #tell(input: Parameters<WriterDoor["submit"]>[0]): Promise<void> {
    const { door, clock } = this.#options;
    for (;;) {
      try {
        await door.submit(input);
        return;
      } catch (error) {
        this.#tellFailed(error);
        if (this.#stopping) return;
        await new Promise<void>((resolve) => clock.after(RETRY_DOOR_MS, resolve));
      }
    }
  }

  #wakeAt(at: Instant): void {
    const { clock } = this.#options;
    if (this.#stopping) return;
    this.#cancelTimer();
    this.#cancelTimer = clock.after(Math.max(1, at - clock.now()), () => this.wake());
  }

  /** Whoever can't even be told of trouble must not make more of it: the work goes on. */
  #tellFailed(error: unknown): void {
    const { observe, terms } = this.#options;
    try {
      observe.failed({ destination: terms.name }, error);
    } catch {
      // There is nobody left to tell.
    }
  }

  #tellIdle(): void {
    if (this.#inFlight > 0 || this.#pumping) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const idle of waiting) idle();
  }
}
