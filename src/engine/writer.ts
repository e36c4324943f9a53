import type { Change } from "../core/change.ts";
import type { Context } from "../core/context.ts";
import { decide } from "../core/decide.ts";
import type { Input, Result } from "../core/input.ts";
import { addNeed, newNeed } from "../core/need.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { View } from "../core/view.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Claim, ClaimQuery, Store } from "../store/store.ts";
import type { Committed, WriterDoor } from "./door.ts";
import { Mailbox, type Letter } from "./mailbox.ts";

export interface WriterOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly snapshot: Snapshot;
  /** Runs a turn soon: late enough that what arrives together is committed together. */
  readonly soon: (turn: () => void) => void;
  readonly committed: Committed;
  /** Housekeeping failed; nothing is lost and it is tried again. */
  readonly troubled: (error: unknown) => void;
}

interface Turn {
  readonly results: readonly Result[];
  readonly changes: readonly Change[];
}

/** Rows that one turn decides at most, so that a flood of alerts delays an outcome by one turn and no more. */
const ROWS_A_TURN = 2_000;
const MOST_LETTERS = 20_000;

/**
 * The owner of the database. Each turn takes what waits, loads the facts that its decisions need, folds the
 * decisions over them, commits once for all, and only then answers.
 */
export class Writer implements WriterDoor {
  readonly #options: WriterOptions;
  readonly #mailbox = new Mailbox(MOST_LETTERS);
  #claims: { query: ClaimQuery; answer: (claim: Claim) => void; fail: (error: unknown) => void }[] = [];
  #snapshot: Snapshot;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#snapshot = options.snapshot;
  }

  get install(): string {
    return this.#options.store.install;
  }

  submit(input: Input): Promise<Result> {
    return new Promise((answer, fail) => {
      if (this.#closed) throw new Error("the Writer is closed");
      this.#mailbox.put({ input, answer, fail });
      this.#wake();
    });
  }

  claim(query: ClaimQuery): Promise<Claim> {
    return new Promise((answer, fail) => {
      if (this.#closed) throw new Error("the Writer is closed");
      this.#claims.push({ query, answer, fail });
      this.#wake();
    });
  }

  async follow(snapshot: Snapshot): Promise<void> {
    await this.#options.store.putSnapshot(
      snapshot.hash,
      this.#options.clock.now(),
      JSON.stringify({ v: 1, ...snapshot }),
    );
    this.#snapshot = snapshot;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#options.store.close();
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
    while (this.#mailbox.size > 0 || this.#claims.length > 0) {
      const letters = this.#mailbox.take(ROWS_A_TURN);
      if (letters.length > 0) await this.#turn(letters);
      await this.#answerClaims();
    }
    this.#running = null;
  }

  async #turn(letters: readonly Letter[]): Promise<void> {
    const turn = await this.#decideAndCommit(letters).catch((error: unknown) => ({ error }));
    if (!("error" in turn)) {
      letters.forEach((letter, i) => letter.answer(turn.results[i]!));
      if (turn.changes.length > 0) this.#options.committed(turn.changes);
      // Ticks come about once a second, busy or idle: often enough for the housekeeping.
      if (letters.some(({ input }) => input.kind === "tick")) await this.#keepUp();
      return;
    }
    if (letters.length === 1) {
      letters[0]!.fail(turn.error);
      return;
    }
    // One bad letter must not take the others with it; a disk that is full fails each of them alone just as well.
    for (const letter of letters) await this.#turn([letter]);
  }

  async #decideAndCommit(letters: readonly Letter[]): Promise<Turn> {
    const { store, clock, random } = this.#options;
    const need = newNeed();
    for (const { input } of letters) addNeed(need, input);
    const view = new View(await store.read(need));
    const context: Context = { now: clock.now(), random, snapshot: this.#snapshot };
    const results = letters.map(({ input }) => decide(view, input, context));
    const changes = view.changes();
    if (changes.length > 0) await store.commit(changes);
    return { results, changes };
  }

  async #keepUp(): Promise<void> {
    try {
      await this.#options.store.upkeep();
    } catch (error) {
      this.#options.troubled(error);
    }
  }

  async #answerClaims(): Promise<void> {
    const claims = this.#claims;
    this.#claims = [];
    for (const { query, answer, fail } of claims) {
      try {
        answer(await this.#options.store.claim(query));
      } catch (error) {
        fail(error);
      }
    }
  }
}
