import type { Change } from "../core/change.ts";
import type { Context } from "../core/context.ts";
import { decide } from "../core/decide.ts";
import type { Result } from "../core/input.ts";
import { addNeed, newNeed } from "../core/need.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { View } from "../core/view.ts";
import type { DestinationSettings, Drawer } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Store } from "../store/store.ts";
import type { Asked, Committed, Perform, Setup, WriterDoor } from "./door.ts";
import { Mailbox, type Letter } from "./mailbox.ts";
import type { ReadFacts } from "./paint.ts";
import { Planner, type Decided, type Draft } from "./planner.ts";

export interface WriterOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly snapshot: Snapshot;
  /** Runs a turn soon: late enough that what arrives together is committed together. */
  readonly soon: (turn: () => void) => void;
  /** Makes of settings what plans; not needed where nothing is to be begun. */
  readonly openDestinations?: (settings: readonly DestinationSettings[]) => ReadonlyMap<string, Drawer>;
  readonly readFacts?: ReadFacts;
  readonly committed: Committed;
  /** Planning or housekeeping failed; nothing is lost and it is tried again. */
  readonly troubled: (error: unknown) => void;
}

interface Turn {
  readonly decided: readonly Decided[];
  readonly changes: readonly Change[];
  readonly draft: Draft | null;
}

/** Rows that one turn decides at most, so that a flood of alerts delays an outcome by one turn and no more. */
const ROWS_A_TURN = 2_000;
const MOST_LETTERS = 20_000;

/**
 * The owner of the database. Each turn takes what waits, loads the facts that its decisions need, folds the
 * decisions over them, plans what can begin now, commits once for all, and only then answers and hands out the jobs.
 */
export class Writer implements WriterDoor {
  readonly #options: WriterOptions;
  readonly #mailbox = new Mailbox(MOST_LETTERS);
  readonly #planner: Planner;
  /** What must not come between the halves of a turn. */
  #errands: (() => Promise<void>)[] = [];
  #perform: Perform = () => {};
  #snapshot: Snapshot;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#snapshot = options.snapshot;
    const { store, clock, readFacts = nothingToRead, troubled } = options;
    this.#planner = new Planner({
      readFacts,
      install: store.install,
      clock,
      awake: () => this.#wake(),
      failed: (_, error) => troubled(error),
    });
  }

  submit(input: Asked): Promise<Result> {
    return new Promise((answer, fail) => {
      if (this.#closed) throw new Error("the Writer is closed");
      this.#mailbox.put({ input, answer, fail });
      this.#wake();
    });
  }

  follow({ generation, snapshot, destinations }: Setup): Promise<void> {
    return this.#between(async () => {
      const { store, clock, openDestinations } = this.#options;
      const drawers = openDestinations?.(destinations) ?? new Map<string, Drawer>();
      await store.putSnapshot(snapshot.hash, clock.now(), JSON.stringify({ v: 1, ...snapshot }));
      this.#snapshot = snapshot;
      this.#planner.follow(generation, drawers);
    });
  }

  work(perform: Perform): Promise<void> {
    return this.#between(() => {
      this.#perform = perform;
      this.#planner.start();
    });
  }

  rest(): Promise<void> {
    return this.#between(() => this.#planner.rest());
  }

  check(): Promise<void> {
    return this.#between(async () => void (await this.#options.store.read(newNeed())));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#planner.rest();
    await this.#running;
    await this.#options.store.close();
  }

  #between(work: () => void | Promise<void>): Promise<void> {
    return new Promise((done, fail) => {
      if (this.#closed) throw new Error("the Writer is closed");
      this.#errands.push(async () => {
        try {
          done(await work());
        } catch (error) {
          fail(error as Error);
        }
      });
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#running !== null) return;
    this.#running = new Promise((ended) => {
      this.#options.soon(() => {
        this.#run().then(ended, (error: unknown) => {
          this.#running = null;
          this.#options.troubled(error);
          ended();
        });
      });
    });
  }

  async #run(): Promise<void> {
    while (this.#mailbox.size > 0 || this.#errands.length > 0 || this.#planner.isAwake) {
      const errands = this.#errands;
      this.#errands = [];
      for (const errand of errands) await errand();
      await this.#turn(this.#mailbox.take(ROWS_A_TURN));
    }
    this.#running = null;
  }

  async #turn(letters: readonly Letter[]): Promise<void> {
    if (letters.length === 0 && !this.#planner.isAwake) return;
    try {
      this.#finish(letters, await this.#decideAndCommit(letters, true));
    } catch (error) {
      if (letters.length === 0) {
        this.#planner.failed();
        this.#options.troubled(error);
      }
      // One bad letter must not take the others with it, nor a plan the letters; a disk that is full fails each of
      // them alone just as well.
      for (const letter of letters) await this.#alone(letter);
    }
    // Ticks come about once a second, busy or idle: often enough for the housekeeping.
    if (letters.some(({ input }) => input.kind === "tick")) await this.#keepUp();
  }

  async #alone(letter: Letter): Promise<void> {
    try {
      this.#finish([letter], await this.#decideAndCommit([letter], false));
    } catch (error) {
      letter.fail(error);
    }
  }

  async #decideAndCommit(letters: readonly Letter[], plans: boolean): Promise<Turn> {
    const { store, clock, random } = this.#options;
    const need = newNeed();
    for (const { input } of letters) addNeed(need, input);
    const view = new View(await store.read(need));
    const context: Context = { now: clock.now(), random, snapshot: this.#snapshot };
    const decided = letters.map(({ input }) => ({ input, result: decide(view, input, context) }));
    const changes = view.changes();
    const round = plans ? this.#planner.round(decided) : null;
    if (round === null) {
      if (changes.length > 0) await store.commit(changes);
      return { decided, changes, draft: null };
    }
    const drafts: Draft[] = [];
    await store.commit(changes, async (claim) => {
      const draft = await this.#planner.draft(round, claim, view.counters, context);
      drafts.push(draft);
      return draft.changes;
    });
    const draft = drafts[0]!;
    return { decided, changes: [...changes, ...draft.changes], draft };
  }

  #finish(letters: readonly Letter[], { decided, changes, draft }: Turn): void {
    this.#planner.committed(decided, draft);
    letters.forEach(({ answer }, i) => answer(decided[i]!.result));
    if (draft !== null && draft.jobs.length > 0) this.#perform(draft.jobs);
    if (changes.length > 0) this.#options.committed(changes);
  }

  async #keepUp(): Promise<void> {
    try {
      await this.#options.store.upkeep();
    } catch (error) {
      this.#options.troubled(error);
    }
  }
}

function nothingToRead(): never {
  throw new Error("a Writer without destinations paints nothing");
}
