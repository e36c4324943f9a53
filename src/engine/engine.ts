import type { Input, Result } from "../core/input.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Destination } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Http } from "../ports/http.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Accept, Source } from "../sources/source.ts";
import type { WriterDoor } from "./door.ts";
import type { ReadFacts } from "./paint.ts";
import { Worker, type WorkerObserver } from "./worker.ts";

export interface EngineParts {
  readonly door: WriterDoor;
  readonly snapshot: Snapshot;
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly sources: (accept: Accept) => readonly Source[];
  /** The bookmark of a source as it was committed last. */
  readonly cursorOf: (source: string) => string | null;
  readonly readFacts: ReadFacts;
  readonly http: Http;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly observe: WorkerObserver;
}

/** How often timers are looked at; none of them needs to be more exact. */
const TICK_MS = SECOND_MS;

/** Sources, Writer, workers and timers as one running thing. */
export class Engine {
  readonly sources: readonly Source[];
  readonly #parts: EngineParts;
  readonly #workers = new Map<string, Worker>();
  #cancelTick: () => void = () => {};
  #stopped = false;
  #startedAt = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const { door, snapshot, clock, http, secrets, readFacts, observe } = parts;
    const groupBy = (policy: string): readonly string[] => snapshot.policies[policy]?.groupBy ?? [];
    for (const [name, destination] of parts.destinations) {
      const terms = snapshot.destinations[name];
      if (terms === undefined) throw new Error(`destination ${name} has no terms in the snapshot`);
      const shared = { door, clock, http, secrets, readFacts, observe, groupBy };
      this.#workers.set(name, new Worker({ ...shared, destination, terms }));
    }
    this.sources = parts.sources(async (stretch) => {
      await this.submit(stretch);
    });
  }

  /** Puts right what the last life left behind, then begins to work and to read. */
  async start(): Promise<void> {
    this.#startedAt = this.#parts.clock.now();
    await this.#parts.door.follow(this.#parts.snapshot);
    const destinations = [...this.#workers.keys()];
    let more: boolean | undefined = true;
    while (more === true) ({ more } = await this.submit({ kind: "recover", destinations }));
    for (const worker of this.#workers.values()) worker.wake();
    for (const source of this.sources) source.start(this.#parts.cursorOf(source.name));
    this.#tickLater();
  }

  /** The Writer's `submit`, for everybody but the workers: those whom the result concerns are woken. */
  async submit(input: Input): Promise<Result> {
    const result = await this.#parts.door.submit(input);
    this.wake(result.woken);
    return result;
  }

  /** These destinations may have something to do now. */
  wake(destinations: readonly string[]): void {
    for (const destination of destinations) this.#workers.get(destination)?.wake();
  }

  /** Calls that have begun and not ended. */
  get inFlight(): number {
    return [...this.#workers.values()].reduce((sum, worker) => sum + worker.inFlight, 0);
  }

  /** Reads no more, begins no more calls, and waits for those in flight. What is left is in the rows. */
  async drain(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick();
    const workers = [...this.#workers.values()];
    await Promise.all([...this.sources.map((source) => source.drain()), ...workers.map((worker) => worker.drain())]);
  }

  #tickLater(): void {
    if (this.#stopped) return;
    this.#cancelTick = this.#parts.clock.after(TICK_MS, () => {
      this.#tick().then(
        () => this.#tickLater(),
        (error: unknown) => {
          this.#parts.observe.failed({ destination: "timers" }, error);
          this.#tickLater();
        },
      );
    });
  }

  async #tick(): Promise<void> {
    // A source that has read nothing yet may have a backlog: its timers wait as if it stood at the beginning of time.
    const unread = { at: 0, reportedAt: this.#startedAt };
    const watermarks = Object.fromEntries(this.sources.map((source) => [source.name, source.watermark() ?? unread]));
    let more: boolean | undefined = true;
    while (more === true && !this.#stopped) {
      ({ more } = await this.submit({ kind: "tick", now: this.#parts.clock.now(), watermarks }));
    }
  }
}
