import { SECOND_MS, type Instant } from "../core/time.ts";
import type { Destination } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Http } from "../ports/http.ts";
import type { Processes } from "../ports/processes.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { AcceptCounted, Source } from "../sources/source.ts";
import type { Setup, WriterDoor } from "./door.ts";
import type { Job } from "./job.ts";
import { Worker, type WorkerObserver } from "./worker.ts";

export interface EngineParts {
  readonly door: WriterDoor;
  /** The bookmark of a source as it was committed last. */
  readonly cursorOf: (source: string) => Promise<string | null>;
  /** Without it no program can be run. */
  readonly processes?: Processes;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly observe: WorkerObserver;
}

/** What a config makes: the parts that are taken down and built anew when it changes. */
export interface Assembly {
  readonly setup: Setup;
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly http: Http;
  readonly sources: (accept: AcceptCounted) => readonly Source[];
  /** What sources must know before they read anything; asked for until it is to be had. */
  readonly beforeReading?: () => Promise<void>;
}

/** An assembly at work. */
interface Shift {
  readonly assembly: Assembly;
  readonly workers: ReadonlyMap<string, Worker>;
}

/** How often timers are looked at; none of them needs to be more exact. */
const TICK_MS = SECOND_MS;

/** Sources, Writer, workers and timers as one running thing. */
export class Engine {
  readonly #parts: EngineParts;
  /** By generation: the one in force, and those of which calls are still in flight. */
  readonly #shifts = new Map<number, Shift>();
  /** By destination, over all shifts. */
  readonly #lastStarts = new Map<string, { at: Instant }>();
  #sources: readonly Source[] = [];
  #generation = 0;
  #cancelTick: () => void = () => {};
  #stopped = false;
  #readingSince = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  get sources(): readonly Source[] {
    return this.#sources;
  }

  /** Calls that have begun and not ended. */
  get inFlight(): number {
    return this.#workers().reduce((sum, worker) => sum + worker.inFlight, 0);
  }

  /** Puts right what the last life left behind, then begins to work and to read. */
  async start(assembly: Assembly): Promise<void> {
    const { door } = this.#parts;
    this.#hire(assembly);
    await door.follow(assembly.setup);
    const destinations = [...assembly.destinations.keys()];
    let more: boolean | undefined = true;
    while (more === true) ({ more } = await door.submit({ kind: "recover", destinations }));
    await door.work((jobs) => {
      for (const job of jobs) this.#workerFor(job).perform(job);
    });
    await this.#read(assembly);
    this.#tickLater();
  }

  /**
   * Goes on with another config: sources stop at what they have handed over and begin again from there, calls in
   * flight end as they began. Rejects when the config could not be kept; then everything goes on as it was.
   */
  async apply(assembly: Assembly): Promise<void> {
    const before = this.#shifts.get(this.#generation);
    await Promise.all(this.#sources.map((source) => source.drain()));
    this.#hire(assembly);
    try {
      await this.#parts.door.follow(assembly.setup);
    } catch (error) {
      this.#shifts.delete(assembly.setup.generation);
      if (before !== undefined) {
        this.#generation = before.assembly.setup.generation;
        await this.#read(before.assembly);
      }
      throw error;
    }
    await this.#rebind(assembly);
    await this.#read(assembly);
    if (before !== undefined) this.#retire(before);
  }

  /** Reads no more, begins no more calls, and waits for those in flight. What is left is in the rows. */
  async drain(): Promise<void> {
    this.#stopped = true;
    this.#cancelTick();
    const callsEnd = async (): Promise<void> => {
      // A Writer that is gone begins nothing either.
      await this.#parts.door.rest().catch((error: unknown) => this.#failed(error));
      await Promise.all(this.#workers().map((worker) => worker.drain()));
    };
    await Promise.all([...this.#sources.map((source) => source.drain()), callsEnd()]);
  }

  #workerFor({ generation, destination }: Job): Worker {
    const worker = this.#shifts.get(generation)?.workers.get(destination);
    // Its attempt is committed and its place taken: without this it would be waited for in silence.
    if (worker === undefined) throw new Error(`nobody works for ${destination} under generation ${generation}`);
    return worker;
  }

  #workers(): readonly Worker[] {
    return [...this.#shifts.values()].flatMap(({ workers }) => [...workers.values()]);
  }

  #hire(assembly: Assembly): void {
    const { door, processes, clock, secrets, observe } = this.#parts;
    const { http, setup, destinations } = assembly;
    const hired = [...destinations].map(([name, destination]) => {
      const lastStart = this.#lastStarts.get(name) ?? { at: 0 };
      this.#lastStarts.set(name, lastStart);
      const paceMs = setup.snapshot.destinations[name]?.paceMs ?? 0;
      const parts = { door, destination, paceMs, lastStart, http, processes, secrets, clock, observe };
      return [name, new Worker(parts)] as const;
    });
    this.#shifts.set(setup.generation, { assembly, workers: new Map(hired) });
    this.#generation = setup.generation;
  }

  #retire({ assembly, workers }: Shift): void {
    const idle = Promise.all([...workers.values()].map((worker) => worker.idle()));
    idle.then(
      () => this.#shifts.delete(assembly.setup.generation),
      (error: unknown) => this.#failed(error),
    );
  }

  async #read({ sources, beforeReading }: Assembly): Promise<void> {
    if (beforeReading !== undefined) await this.#insist(beforeReading);
    if (this.#stopped) return;
    this.#readingSince = this.#parts.clock.now();
    this.#sources = sources((stretch) => this.#parts.door.submit(stretch));
    for (const source of this.#sources) source.start(await this.#insist(() => this.#parts.cursorOf(source.name)));
  }

  /** Without its bookmark a source must not begin: asked for until it is to be had. */
  async #insist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (this.#stopped) throw error;
        this.#failed(error);
        await new Promise<void>((resolve) => this.#parts.clock.after(TICK_MS, resolve));
      }
    }
  }

  /** While the database takes nothing it is tried again, until another config is in force. */
  async #rebind(assembly: Assembly): Promise<void> {
    const destinations = [...assembly.destinations.keys()];
    try {
      let more: boolean | undefined = true;
      while (more === true) ({ more } = await this.#parts.door.submit({ kind: "rebind", destinations }));
    } catch (error) {
      this.#failed(error);
      this.#parts.clock.after(TICK_MS, () => {
        if (this.#stopped || this.#generation !== assembly.setup.generation) return;
        this.#rebind(assembly).catch((bug: unknown) => this.#failed(bug));
      });
    }
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
    if (this.#sources.some(isBeforeTimers)) return;
    // A source that has read nothing yet may have a backlog: its timers wait as if it stood at the beginning of time.
    const unread = { at: 0, reportedAt: this.#readingSince };
    const watermarks = Object.fromEntries(this.#sources.map((source) => [source.name, source.watermark() ?? unread]));
    let more: boolean | undefined = true;
    while (more === true && !this.#stopped) {
      const now = this.#parts.clock.now();
      ({ more } = await this.#parts.door.submit({ kind: "tick", now, watermarks }));
    }
  }
}

/** One that is stopped makes room for its successor, which has to begin anew. */
function isBeforeTimers(source: Source): boolean {
  return source.beforeTimers === true && ["starting", "stopped"].includes(source.status().state);
}
