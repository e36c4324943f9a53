import type { Input } from "../core/input.ts";
import type { Clock } from "../ports/clock.ts";
import type { WriterDoor } from "./door.ts";
import type { HushDesk } from "./hush-desk.ts";
import type { Letter } from "./mailbox.ts";

export interface HushErrandParts {
  readonly clock: Clock;
  readonly troubled: (error: unknown) => void;
}

/** Sends the Writer what follows from the end of a reason not to tell: a piece at a time, as inputs like any other. */
export class HushErrands {
  readonly #desk: HushDesk;
  readonly #door: Pick<WriterDoor, "submit">;
  readonly #parts: HushErrandParts;
  #isOver = false;

  constructor(desk: HushDesk, door: Pick<WriterDoor, "submit">, parts: HushErrandParts) {
    this.#desk = desk;
    this.#door = door;
    this.#parts = parts;
  }

  /** After a commit. */
  run(letters: readonly Pick<Letter, "input">[], destinations: readonly string[]): void {
    const isTick = letters.some(({ input }) => input.kind === "tick");
    for (const input of this.#desk.errands(destinations, isTick, this.#parts.clock.now())) this.#send(input);
  }

  /** The Writer takes no more. */
  stop(): void {
    this.#isOver = true;
  }

  #send(input: Input): void {
    if (this.#isOver) return;
    this.#door.submit(input).then(
      ({ hushedUpTo: after = null }) => {
        if (input.kind === "ask_again" && after !== null) this.#send({ ...input, after });
      },
      (error: unknown) => {
        if (this.#isOver) return;
        // What was to be asked about again is so with all the rest.
        this.#desk.follow();
        this.#parts.troubled(error);
      },
    );
  }
}
