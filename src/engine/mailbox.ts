import type { Input, Result } from "../core/input.ts";
import { HUSHED_A_TURN } from "../core/need.ts";

export interface Letter {
  readonly input: Input;
  readonly answer: (result: Result) => void;
  readonly fail: (error: unknown) => void;
}

/** Those who wait longest for an answer come last: people, then outcomes, then timers, then new alerts. */
const RANK: Readonly<Record<Input["kind"], number>> = {
  command: 0,
  recover: 0,
  rebind: 0,
  forget_silences: 2,
  ask_again: 2,
  note: 1,
  seal: 2,
  settle: 1,
  looked: 1,
  swept: 1,
  called_back: 1,
  resolved: 1,
  order_settled: 1,
  respond_due: 2,
  tick: 2,
  accept: 3,
};

/** What waits for the Writer, bounded in rows; sources and workers wait for their answers and so bound it themselves. */
export class Mailbox {
  readonly #queues: Letter[][] = [[], [], [], []];
  readonly #mostLetters: number;
  #size = 0;

  constructor(mostLetters: number) {
    this.#mostLetters = mostLetters;
  }

  get size(): number {
    return this.#size;
  }

  put(letter: Letter): void {
    if (this.#size >= this.#mostLetters) throw new Error(`the Writer's mailbox is full (${this.#mostLetters} letters)`);
    this.#queues[RANK[letter.input.kind]]!.push(letter);
    this.#size += 1;
  }

  /** The next turn's letters: as many as stay under `mostRows`, and at least one. */
  take(mostRows: number): readonly Letter[] {
    const taken: Letter[] = [];
    let rows = 0;
    for (const queue of this.#queues) {
      let end = 0;
      while (end < queue.length && (taken.length + end === 0 || rows + rowsOf(queue[end]!.input) <= mostRows)) {
        rows += rowsOf(queue[end]!.input);
        end += 1;
      }
      taken.push(...queue.splice(0, end));
    }
    this.#size -= taken.length;
    return taken;
  }
}

function rowsOf(input: Input): number {
  switch (input.kind) {
    case "accept":
      return 1 + input.alerts.length + (input.fleet?.agents.length ?? 0);
    case "settle":
    case "looked":
    case "swept":
    case "called_back":
    case "respond_due":
    case "resolved":
    case "order_settled":
    case "tick":
    case "recover":
    case "rebind":
    case "forget_silences":
    case "note":
    case "seal":
    case "command":
      return 1;
    case "ask_again":
      return HUSHED_A_TURN;
  }
}
