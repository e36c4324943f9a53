import type { Change } from "../core/change.ts";
import type { Chances, Context } from "../core/context.ts";
import { decide } from "../core/decide.ts";
import { isOutcome, type Input, type Result, type TickInput } from "../core/input.ts";
import { addNeed, newNeed } from "../core/need.ts";
import { digestingIn, keysMostIn } from "./asked-by-config.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { View } from "../core/view.ts";
import type { DestinationSettings, Drawer } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../store/store.ts";
import { Agenda, type Place } from "./agenda.ts";
import type { Committed, Perform, Setup, WriterDoor } from "./door.ts";
import { draft, type Draft } from "./draft.ts";
import { HushDesk } from "./hush-desk.ts";
import { HushErrands } from "./hush-errands.ts";
import { noteConfig } from "./note-config.ts";
import { Mailbox, type Letter } from "./mailbox.ts";
import { partition } from "./outcomes-first.ts";
import type { ReadFacts } from "./paint.ts";
import { Retention } from "./retention.ts";
import type { Turn } from "./turn.ts";
import { TurnFailed } from "./turn-failed.ts";

export interface WriterOptions extends Chances {
  readonly store: Store;
  readonly clock: Clock;
  readonly snapshot: Snapshot;
  /** Runs a turn soon: late enough that what arrives together is committed together. */
  readonly soon: (turn: () => void) => void;
  /** Makes of settings what plans; not needed where nothing is to be begun. */
  readonly openDestinations?: (settings: readonly DestinationSettings[]) => ReadonlyMap<string, Drawer>;
  readonly readFacts?: ReadFacts;
  readonly committed: Committed;
  /** A connector threw at an incident; its work became a dead letter. */
  readonly failedToDraw?: (about: { destination: string; incident: number }, error: unknown) => void;
  /** Planning or housekeeping failed; nothing is lost and it is tried again. */
  readonly troubled: (error: unknown) => void;
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
  readonly #agenda: Agenda;
  readonly #hush: HushDesk;
  readonly #errand: HushErrands;
  readonly #retention: Retention;
  /** What must not come between the halves of a turn. */
  #errands: (() => Promise<void>)[] = [];
  #perform: Perform = () => {};
  #drawers: ReadonlyMap<string, Drawer> = new Map();
  #generation = 0;
  #snapshot: Snapshot;
  #keysMost: ReadonlyMap<string, number>;
  /** Destinations that have digests. */
  #digesting: readonly string[] = [];
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#snapshot = options.snapshot;
    this.#keysMost = keysMostIn(options.snapshot);
    this.#digesting = digestingIn(options.snapshot);
    this.#hush = new HushDesk(options.store);
    this.#errand = new HushErrands(this.#hush, this, options);
    this.#retention = new Retention(options.store, options.clock);
    this.#agenda = new Agenda(options.clock, () => this.#wake());
  }

  submit(input: Input): Promise<Result> {
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
      const at = clock.now();
      const changes = await noteConfig(store, snapshot.hash, at);
      await store.putSnapshot(snapshot.hash, at, JSON.stringify({ v: 1, ...snapshot }), changes);
      this.#snapshot = snapshot;
      // What was begun under the config before comes to its end.
      this.#keysMost = new Map([...this.#keysMost, ...keysMostIn(snapshot)]);
      this.#digesting = digestingIn(snapshot);
      this.#drawers = drawers;
      this.#generation = generation;
      this.#agenda.follow(drawers.keys());
      this.#hush.follow();
    });
  }

  work(perform: Perform): Promise<void> {
    return this.#between(() => {
      this.#perform = perform;
      this.#agenda.start();
    });
  }

  rest(): Promise<void> {
    return this.#between(() => this.#agenda.rest());
  }

  check(): Promise<void> {
    return this.#between(async () => void (await this.#options.store.read(newNeed())));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#errand.stop();
    this.#agenda.rest();
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
          ended();
          // Somebody who was told of a commit threw: those who have not been heard yet still are.
          if (this.#mailbox.size > 0 || this.#errands.length > 0 || this.#agenda.isAwake) this.#wake();
          this.#options.troubled(error);
        });
      });
    });
  }

  async #run(): Promise<void> {
    do {
      const errands = this.#errands;
      this.#errands = [];
      for (const errand of errands) await errand();
      await this.#turn(this.#mailbox.take(ROWS_A_TURN));
    } while (this.#mailbox.size > 0 || this.#errands.length > 0);
    this.#running = null;
    // What is left to plan waits for the event loop to bring what has arrived meanwhile.
    if (this.#agenda.isAwake) this.#wake();
  }

  async #turn(letters: readonly Letter[]): Promise<void> {
    if (letters.length === 0 && !this.#agenda.isAwake) return;
    const turn = await this.#decideAndCommit(letters, true).catch(this.#failure);
    if (turn instanceof TurnFailed) {
      this.#hush.failed();
      if (turn.round.length > 0) {
        this.#agenda.failed(turn.round);
        this.#options.troubled(turn.cause);
      }
      // One bad letter must not take the others with it, nor a plan the letters. Outcomes go first and together: a
      // disk that is full may have room for them once.
      const [outcomes = [], others = []] = partition(letters, ({ input }) => isOutcome(input));
      await this.#withoutPlan(outcomes);
      for (const letter of others) await this.#withoutPlan([letter]);
    } else {
      this.#finish(letters, turn);
    }
    // Ticks come about once a second, busy or idle: often enough for the housekeeping.
    const ticked = letters.findLast(({ input }) => input.kind === "tick")?.input;
    if (ticked?.kind === "tick") await this.#keepUp(ticked);
  }

  async #withoutPlan(letters: readonly Letter[]): Promise<void> {
    const [only] = letters;
    if (only === undefined) return;
    const turn = await this.#decideAndCommit(letters, false).catch(this.#failure);
    if (!(turn instanceof TurnFailed)) return this.#finish(letters, turn);
    this.#hush.failed();
    if (letters.length === 1) only.fail(turn.cause);
    else for (const letter of letters) await this.#withoutPlan([letter]);
  }

  readonly #failure = (error: unknown): TurnFailed => (error instanceof TurnFailed ? error : new TurnFailed([], error));

  async #decideAndCommit(letters: readonly Letter[], plans: boolean): Promise<Turn> {
    const { store, clock, random, newToken } = this.#options;
    const need = newNeed();
    for (const { input } of letters) addNeed(need, input, this.#keysMost);
    if (letters.length > 0) for (const name of this.#digesting) need.digests.add(name);
    await this.#hush.prepare(this.#snapshot, clock.now());
    const view = new View(await store.read(need));
    const { restoredAt = null, install } = store;
    const { offsetAt } = this.#hush;
    const [now, snapshot] = [clock.now(), this.#snapshot];
    const context: Context = { now, random, newToken, snapshot, install, restoredAt, offsetAt };
    const results = letters.map(({ input }) => decide(view, input, context));
    const changes = view.changes();
    const ended = this.#endedBy(letters);
    const woken = new Set(results.flatMap((result) => result.woken));
    const round = plans ? this.#agenda.round(woken, ended) : new Map<string, Place>();
    this.#hush.take(changes);
    if (round.size === 0) {
      if (changes.length > 0) await store.commit(changes);
      return { results, changes, ended, draft: null };
    }
    const drafted = await this.#commitWithDraft(changes, round, view, context);
    return { results, changes: [...changes, ...drafted.changes], ended, draft: drafted };
  }

  async #commitWithDraft(
    changes: readonly Change[],
    round: ReadonlyMap<string, Place>,
    { counters }: View,
    context: Context,
  ): Promise<Draft> {
    const { store, clock, readFacts = nothingToRead, failedToDraw = () => {} } = this.#options;
    const [drawers, generation, hush] = [this.#drawers, this.#generation, this.#hush];
    const parts = { drawers, generation, readFacts, install: store.install, clock, failedToDraw, hush };
    const drafts: Draft[] = [];
    try {
      await store.commit(changes, async (claim) => {
        const drafted = await draft(round, claim, counters, context, parts);
        drafts.push(drafted);
        return drafted.changes;
      });
    } catch (error) {
      throw new TurnFailed([...round.keys()], error);
    }
    const [drafted] = drafts;
    if (drafted === undefined) throw new Error("the store committed without asking for the plan");
    return drafted;
  }

  /** After the commit: nothing in here may have the turn decided once more. */
  #finish(letters: readonly Letter[], { results, changes, ended, draft: drafted }: Turn): void {
    for (const [name, attempts] of ended) this.#agenda.ended(name, attempts);
    for (const [name, planned] of drafted?.plans ?? []) this.#agenda.planned(name, planned);
    const isPlanned = (name: string): boolean => drafted?.plans.has(name) === true;
    for (const name of [...ended.keys(), ...results.flatMap((result) => result.woken)]) {
      if (!isPlanned(name)) this.#agenda.wake(name);
    }
    letters.forEach(({ answer }, i) => answer(results[i]!));
    if (drafted !== null && drafted.jobs.length > 0) this.#perform(drafted.jobs);
    this.#errand.run(letters, [...this.#drawers.keys()]);
    if (changes.length > 0) this.#options.committed(changes);
  }

  #endedBy(letters: readonly Letter[]): ReadonlyMap<string, ReadonlySet<number>> {
    const ended = new Map<string, Set<number>>();
    for (const { input } of letters) {
      if (!isOutcome(input)) continue;
      if (!this.#agenda.isInFlight(input.destination, input.attempt)) continue;
      const attempts = ended.get(input.destination) ?? new Set();
      ended.set(input.destination, attempts.add(input.attempt));
    }
    return ended;
  }

  async #keepUp(tick: TickInput): Promise<void> {
    try {
      await this.#options.store.upkeep();
      // What waits goes first.
      if (this.#mailbox.size > 0) return;
      const changes = await this.#retention.step(tick, this.#snapshot);
      if (changes.length > 0) this.#options.committed(changes);
    } catch (error) {
      this.#options.troubled(error);
    }
  }
}

function nothingToRead(): never {
  throw new Error("a Writer without destinations paints nothing");
}
