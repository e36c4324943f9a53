import type { Input } from "../core/input.ts";
import type { Look, Outcome } from "../core/outcome.ts";
import type { Instant } from "../core/time.ts";
import type { Destination, Lost } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Http } from "../ports/http.ts";
import type { Processes } from "../ports/processes.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { WriterDoor } from "./door.ts";
import type { Job } from "./job.ts";
import { performLook, performStep } from "./perform.ts";

export interface WorkerOptions {
  readonly door: Pick<WriterDoor, "submit">;
  readonly destination: Destination;
  /** At least this long between the starts of two calls; 0: no pace. */
  readonly paceMs: number;
  /** When the last call of this destination started, by whichever worker. */
  readonly lastStart: { at: Instant };
  readonly http: Http;
  /** Without it no program can be run. */
  readonly processes?: Processes | undefined;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly observe: WorkerObserver;
}

/** Told of what happened, for logs and counters. */
export interface WorkerObserver {
  settled(
    about: {
      destination: string;
      incident: number;
      action: string;
      repeat: boolean;
      tookMs: number;
      lagMs: number | null;
    },
    outcome: Outcome,
  ): void;
  looked(about: { destination: string; incident: number }, look: Look): void;
  /** Looked for second copies of what was repeated; `twins` is how many turned up that nobody knew of. */
  swept(about: { destination: string; incident: number; twins: number }, look: Look): void;
  /** Something that should not happen; the worker goes on. */
  failed(about: { destination: string }, error: unknown): void;
}

export const STEP_DEADLINE_MS = 10_000;
const RETRY_DOOR_MS = 1_000;
/** More than a commit takes. Whoever would have to wait longer has a clock that was set back. */
const MOST_LATENESS_MS = 5_000;

/**
 * Does what was begun for one destination and hands in what came of it. Destinations share nothing but the Writer,
 * so one that hangs costs the others nothing.
 */
export class Worker {
  readonly #options: WorkerOptions;
  #inFlight = 0;
  #stopping = false;
  #idle: (() => void)[] = [];

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  perform(job: Job): void {
    this.#inFlight += 1;
    this.#finish(job)
      .catch((error: unknown) => this.#tellFailed(job, error))
      .finally(() => {
        this.#inFlight -= 1;
        if (this.#inFlight > 0) return;
        const waiting = this.#idle;
        this.#idle = [];
        for (const idle of waiting) idle();
      });
  }

  /** Resolves when the calls in flight have ended and are written down; what can't be is not offered again. */
  async drain(): Promise<void> {
    this.#stopping = true;
    await this.idle();
  }

  /** Resolves when nothing is in flight. */
  async idle(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((idle) => this.#idle.push(idle));
  }

  async #finish(job: Job): Promise<void> {
    const { destination, http, processes, secrets, clock, observe } = this.#options;
    const { incident, attempt, what } = job;
    await this.#keepPace();
    const beganAt = clock.now();
    const deadlineMs = destination.deadlineMs ?? STEP_DEADLINE_MS;
    const io = { http, secrets, now: beganAt, deadlineMs, clock, ...(processes !== undefined && { processes }) };
    const about = { destination: job.destination, incident };
    switch (what.kind) {
      case "look": {
        const look = await performLook(destination, what.lost, io, clock);
        if (await this.#tell(job, { kind: "looked", ...about, attempt, beganAt, look })) observe.looked(about, look);
        return;
      }
      case "sweep": {
        const look = await performLook(destination, what.lost, io, clock);
        const isTold = await this.#tell(job, { kind: "swept", ...about, attempt, step: what.step, beganAt, look });
        if (isTold) observe.swept({ ...about, twins: newTwins(what.lost, look) }, look);
        return;
      }
      case "call": {
        const { step, repeat, alertAt } = what;
        const outcome = await performStep(destination, step, io, clock);
        const endedAt = clock.now();
        // The clock may have been set back meanwhile.
        const tookMs = Math.max(0, endedAt - beganAt);
        const lagMs = alertAt === null ? null : endedAt - alertAt;
        const isTold = await this.#tell(job, { kind: "settle", ...about, attempt, outcome });
        if (isTold) observe.settled({ ...about, action: step.action, repeat, tookMs, lagMs }, outcome);
      }
    }
  }

  /** The rows keep the pace of what is planned; a commit that took long may hand out two calls close together. */
  async #keepPace(): Promise<void> {
    const { clock, paceMs, lastStart } = this.#options;
    const now = clock.now();
    const waitMs = paceMs === 0 ? 0 : lastStart.at + paceMs - now;
    if (waitMs <= 0 || waitMs > MOST_LATENESS_MS) {
      lastStart.at = now;
      return;
    }
    lastStart.at = now + waitMs;
    await new Promise<void>((resolve) => clock.after(waitMs, resolve));
  }

  /** An outcome is worth waiting for: while the database takes nothing, it is offered again and again. */
  async #tell(job: Job, input: Input): Promise<boolean> {
    const { door, clock } = this.#options;
    for (;;) {
      try {
        await door.submit(input);
        return true;
      } catch (error) {
        this.#tellFailed(job, error);
        if (this.#stopping) return false;
        await new Promise<void>((resolve) => clock.after(RETRY_DOOR_MS, resolve));
      }
    }
  }

  /** Whoever can't even be told of trouble must not make more of it: the work goes on. */
  #tellFailed({ destination }: Job, error: unknown): void {
    try {
      this.#options.observe.failed({ destination }, error);
    } catch {
      // There is nobody left to tell.
    }
  }
}

function newTwins({ receipt }: Lost, look: Look): number {
  if (look.kind !== "found") return 0;
  return look.others.filter((other) => receipt?.twins.includes(other) !== true).length;
}
