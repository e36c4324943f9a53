import type { NoteInput } from "../core/input.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { WriterDoor } from "./door.ts";

const AGAIN_MS = SECOND_MS;
/** More than wait while a disk is full for a day. */
const MOST_WAITING = 1_000;

/** Brings into the audit what happens outside of the Writer, in its order, and again while the database takes nothing. */
export class Witness {
  readonly #door: Pick<WriterDoor, "submit">;
  readonly #clock: Clock;
  readonly #waiting: NoteInput[] = [];
  #isBusy = false;
  #stopped = false;

  constructor(door: Pick<WriterDoor, "submit">, clock: Clock) {
    this.#door = door;
    this.#clock = clock;
  }

  note(note: Omit<NoteInput, "kind">): void {
    if (this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push({ kind: "note", ...note });
    if (this.#isBusy) return;
    // It meets every failure itself.
    this.#bring().catch((bug: unknown) => {
      throw bug;
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  async #bring(): Promise<void> {
    this.#isBusy = true;
    for (let [next] = this.#waiting; next !== undefined && !this.#stopped; [next] = this.#waiting) {
      try {
        await this.#door.submit(next);
        this.#waiting.shift();
      } catch {
        await new Promise<void>((resolve) => this.#clock.after(AGAIN_MS, resolve));
      }
    }
    this.#isBusy = false;
  }
}
