import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Refused, Verdict, Waits } from "./answer.ts";
import type { Aside } from "./aside.ts";
import type { FilterKeeper } from "./filter-keeper.ts";
import { pack, type Load, type Refusals } from "./pack.ts";
import type { Server } from "./server.ts";
import type { Compression } from "./settings.ts";
import type { Trouble } from "./trouble.ts";

export interface DeliveryOptions {
  readonly server: Server;
  readonly filter: FilterKeeper;
  readonly aside: Aside;
  readonly trouble: Trouble;
  readonly clock: Clock;
  readonly random: Random;
  readonly compress: Compression;
  /** Lines that the server took and could not read. */
  readonly refused: (lines: readonly Refused[]) => void;
}

/** What was to be sent was not, and nothing is wrong with that: it is read again. */
export class NotSentError extends Error {
  override readonly name = "NotSentError";
  readonly code: "stopping" | "filter_changed";

  constructor(code: "stopping" | "filter_changed") {
    super(code === "stopping" ? "the forwarder stops" : "the server's filter has changed");
    this.code = code;
  }
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30 * SECOND_MS;
/** Where a person has to do something first. */
const PERSON_WAIT_MS = 30 * SECOND_MS;
/** However long the server asks to wait, it is asked again by then. */
const ASKED_WAIT_MOST_MS = 10 * MINUTE_MS;
/** Batches that may be too large for something on the way are halved after so many tries. */
const TRIES_AT_ONE_SIZE = 3;
/** Line after line refused says more of the server than of the lines. */
const ASIDE_IN_A_ROW_MOST = 20;
const NONE: Refusals = { ignored: 0, malformed: 0 };

/** Sends batches, one at a time, each until the server has it. */
export class Delivery {
  readonly #options: DeliveryOptions;
  #compress: Compression;
  #isStopping = false;
  #wake: (() => void) | null = null;
  #asideInARow = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#compress = options.compress;
  }

  /** What is under way ends with its next answer; nothing is waited for any more. */
  stop(): void {
    this.#isStopping = true;
    this.#wake?.();
  }

  /**
   * Resolves once the server has answered for every line, in order: has it, or will never have it. Rejects with a
   * `NotSentError`, and with whatever a bug throws.
   */
  async send({ lines, refusals, readTo }: Load): Promise<void> {
    const pieces: (readonly string[])[] = [lines];
    let untold = refusals;
    for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
      const isLast = pieces.length === 0;
      const end = await this.#untilAnswered({ lines: piece, refusals: untold, readTo: isLast ? readTo : null });
      switch (end) {
        case "taken":
          untold = NONE;
          break;
        case "halve": {
          const half = Math.ceil(piece.length / 2);
          pieces.push(piece.slice(half), piece.slice(0, half));
          break;
        }
        case "aside":
          untold = { ...untold, malformed: untold.malformed + 1 };
          if (isLast) pieces.push([]);
          break;
      }
    }
  }

  /** One try: the next is a few seconds away. */
  async beat(readTo: string): Promise<void> {
    const { server, filter, trouble } = this.#options;
    const verdict = await server.beat(readTo);
    if (verdict.kind === "taken") {
      filter.hear(verdict.filter);
      trouble.end();
    } else if (!this.#isStopping) trouble.begin(verdict.kind === "waits" ? verdict : refusesAll(verdict));
  }

  async #untilAnswered(load: Load): Promise<"taken" | "halve" | "aside"> {
    const { server, filter } = this.#options;
    let compress = this.#compress;
    for (let tries = 1; ; tries += 1) {
      const waits = tries > 1 || filter.isStale ? await this.#askFilter() : null;
      const verdict = waits ?? (await server.send(pack(load, compress)));
      switch (verdict.kind) {
        case "taken":
          this.#taken(verdict);
          return "taken";
        case "unpacked_only":
          if (compress === "off") await this.#wait(refusesAll(verdict), tries);
          compress = this.#compress = compress === "zstd" ? "gzip" : "off";
          break;
        case "bad": {
          if (load.lines.length > 1) return "halve";
          // A long line of one letter looks like a bomb when it is packed.
          if (compress !== "off") {
            compress = "off";
            break;
          }
          const hinders = this.#putAside(load.lines[0] ?? null, verdict);
          if (hinders === null) return "aside";
          await this.#wait(hinders, tries);
          break;
        }
        case "waits":
          if (verdict.mayBeTooLarge && load.lines.length > 1 && tries >= TRIES_AT_ONE_SIZE) return "halve";
          await this.#wait(verdict, tries);
          break;
      }
    }
  }

  /** Lines that were refused by another filter than the one in force are looked at again. */
  async #askFilter(): Promise<Waits | null> {
    const found = await this.#options.filter.ask(this.#options.server);
    if (found === "changed") throw new NotSentError("filter_changed");
    return found === "same" ? null : found;
  }

  #taken(verdict: Extract<Verdict, { kind: "taken" }>): void {
    const { filter, trouble, refused } = this.#options;
    this.#asideInARow = 0;
    filter.hear(verdict.filter);
    trouble.end();
    if (verdict.refused.length > 0) refused(verdict.refused);
  }

  /** Null: it is put aside. Else why it is not, and has to be sent again. */
  #putAside(line: string | null, verdict: Extract<Verdict, { kind: "bad" }>): Waits | null {
    if (line === null || !(verdict.isOfRiposte || verdict.says.startsWith("413"))) return refusesAll(verdict);
    if (this.#asideInARow >= ASIDE_IN_A_ROW_MOST) return refusesAll(verdict);
    const { aside, clock } = this.#options;
    try {
      aside.put(clock.now(), "refused_by_server", verdict.says, line);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "failed";
      return { ...refusesAll(verdict), says: `a line that the server refuses can't be put aside (${code})` };
    }
    this.#asideInARow += 1;
    return null;
  }

  async #wait(waits: Waits, tries: number): Promise<void> {
    const { trouble, clock, random } = this.#options;
    if (this.#isStopping) throw new NotSentError("stopping");
    trouble.begin(waits);
    const ms = waitMs(waits, tries, random);
    await new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = null;
    if (this.#isStopping) throw new NotSentError("stopping");
  }
}

/** Apart from each other, so that the forwarders of a cluster don't come back all at once. */
export function waitMs(
  { why, retryAfterMs }: Pick<Waits, "why" | "retryAfterMs">,
  tries: number,
  random: Random,
): number {
  const backOffMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 16)) * (0.5 + random() / 2);
  const ownMs = why === "trouble" ? backOffMs : PERSON_WAIT_MS * (1 + random() / 5);
  const askedMs = Math.min(retryAfterMs ?? 0, ASKED_WAIT_MOST_MS) * (1 + random() / 10);
  return Math.max(ownMs, askedMs);
}

function refusesAll(verdict: Exclude<Verdict, { kind: "taken" | "waits" }>): Waits {
  const says = verdict.kind === "bad" ? verdict.says : "415: it takes no body of this kind";
  return {
    kind: "waits",
    why: "wrong_place",
    says: `the server refuses what no Riposte would refuse: ${says}`,
    retryAfterMs: null,
    mayBeTooLarge: false,
  };
}
