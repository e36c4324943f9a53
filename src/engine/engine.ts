import type { Snapshot } from "../core/snapshot.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Destination } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Http } from "../ports/http.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Accept, Source } from "../sources/source.ts";
import type { WriterDoor } from "./door.ts";
import { Worker, type WorkerObserver } from "./worker.ts";

export interface EngineParts {
  readonly door: WriterDoor;
  readonly snapshot: Snapshot;
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly sources: (accept: Accept) => readonly Source[];
  /** The bookmark of a source as it was committed last. */
  readonly cursorOf: (source: string) => string | null;
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
    const { door, clock, http, secrets, observe } = parts;
    for (const [name, destination] of parts.destinations) {
      this.#workers.set(name, new Worker({ door, destination, http, secrets, clock, observe }));
    }
    this.sources = parts.sources(async (stretch) => {
      await parts.door.submit(stretch);
    });
  }

  /** Puts right what the last life left behind, then begins to work and to read. */
  async start(): Promise<void> {
    this.#startedAt = this.#parts.clock.now();
    await this.#parts.door.follow(this.#parts.snapshot);
    const destinations = [...this.#workers.keys()];
    let more: boolean | undefined = true;
    while (more === true) ({ more } = await this.#parts.door.submit({ kind: "recover", destinations }));
    await this.#parts.door.work((jobs) => {
      for (const job of jobs) this.#workers.get(job.destination)?.perform(job);
    });
    for (const source of this.sources) source.start(this.#parts.cursorOf(source.name));
    this.#tickLater();
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
    const callsEnd = async (): Promise<void> => {
      // A Writer that is gone begins nothing either.
      await this.#parts.door.rest().catch((error: unknown) => this.#failed(error));
      await Promise.all(workers.map((worker) => worker.drain()));
    };
    await Promise.all([...this.sources.map((source) => source.drain()), callsEnd()]);
  }

  #tickLater(): void {
    if (this.#stopped) return;
    this.#cancelTick = this.#parts.clock.after(TICK_MS, () => {
      this.#tick().then(
        () => this.#tickLater(),
        (error: unknown) => {
          this.#failed(error);
          this.#tickLater();
        },
      );
    });
  }

  #failed(error: unknown): void {
    this.#parts.observe.failed({ destination: "timers" }, error);
  }

  async #tick(): Promise<void> {
    // A source that has read nothing yet may have a backlog: its timers wait as if it stood at the beginning of time.
    const unread = { at: 0, reportedAt: this.#startedAt };
    const watermarks = Object.fromEntries(this.sources.map((source) => [source.name, source.watermark() ?? unread]));
    let more: boolean | undefined = true;
    while (more === true && !this.#stopped) {
      ({ more } = await this.#parts.door.submit({ kind: "tick", now: this.#parts.clock.now(), watermarks }));
    }
  }
}
