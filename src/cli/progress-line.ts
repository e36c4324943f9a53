import type { Output } from "./context.ts";

const SHOWN_EVERY_MS = 250;

/** A line at a terminal that is written over as work goes on; nothing anywhere else. */
export class ProgressLine {
  readonly #output: Output;
  #shownAt = 0;
  #isShown = false;

  constructor(output: Output) {
    this.#output = output;
  }

  show(text: () => string): void {
    if (this.#output.isTTY !== true || Date.now() - this.#shownAt < SHOWN_EVERY_MS) return;
    this.#shownAt = Date.now();
    this.#isShown = true;
    // Back to the beginning, and what is left of the last text is cleared.
    this.#output.write(`\r${text()}\u001b[K`);
  }

  end(): void {
    if (this.#isShown) this.#output.write("\r\u001b[K");
    this.#isShown = false;
  }
}
