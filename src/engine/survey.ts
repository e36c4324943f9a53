import type { CommandInput } from "../core/input.ts";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { Destination, Io, Seen } from "../connectors/connector.ts";
import type { Clock } from "../ports/clock.ts";
import type { Shown } from "../store/shown-at.ts";

export interface SurveyParts {
  readonly clock: Clock;
  readonly destinations: () => ReadonlyMap<string, Destination>;
  /** Those with a larger incident number than `after`, in order. */
  readonly shownAt: (destination: string, after: number, limit: number) => Promise<readonly Shown[]>;
  /** Whether the destination may be called at all just now. */
  readonly mayAsk: (destination: string) => Promise<boolean>;
  readonly submit: (input: CommandInput) => Promise<unknown>;
  readonly io: Omit<Io, "now" | "deadlineMs">;
  /** A destination could not be asked, or what it answered could not be written down. */
  readonly troubled: (destination: string, evidence: string) => void;
}

/** How often people's doings are asked for. */
export const SURVEY_EVERY_MS = 2 * MINUTE_MS;
/** What every vendor takes in one question. */
const SURVEYED_AT_ONCE = 100;
const DEADLINE_MS = 10_000;
/** A round asks for no more than this many pages of each destination; the next one goes on from there. */
const MOST_PAGES = 20;
/** Two clocks are known from each other to the second. */
const CLOCKS_APART_MS = 2 * SECOND_MS;

/** Looks now and then what people did over there: who closes the ticket has resolved the incident. */
export class Survey {
  readonly #parts: SurveyParts;
  #cancel: () => void = () => {};
  #round: Promise<void> = Promise.resolve();
  /** By destination: the incident up to which the last round came. */
  readonly #after = new Map<string, number>();
  #stopped = false;

  constructor(parts: SurveyParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#stopped) return;
    this.#cancel = this.#parts.clock.after(SURVEY_EVERY_MS, () => {
      this.#round = this.round().finally(() => this.start());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#round;
  }

  /** All destinations that can be asked, each for itself: one that hangs costs the others nothing. */
  async round(): Promise<void> {
    const { destinations, troubled } = this.#parts;
    await Promise.all(
      [...destinations()].map(async ([name, destination]) => {
        try {
          await this.#ask(name, destination);
        } catch (error) {
          troubled(name, error instanceof Error ? error.constructor.name : typeof error);
        }
      }),
    );
  }

  async #ask(name: string, destination: Destination): Promise<void> {
    const { clock, io, mayAsk, shownAt, troubled } = this.#parts;
    const survey = destination.survey?.bind(destination);
    if (survey === undefined || !(await mayAsk(name))) return;
    for (let page = 0; page < MOST_PAGES && !this.#stopped; page += 1) {
      const shown = await shownAt(name, this.#after.get(name) ?? 0, SURVEYED_AT_ONCE);
      const byAnchor = new Map(
        shown.flatMap((each) => (each.receipt.remote.anchor === null ? [] : [[each.receipt.remote.anchor, each]])),
      );
      if (byAnchor.size > 0) {
        const seen = await survey([...byAnchor.keys()], { ...io, now: clock.now(), deadlineMs: DEADLINE_MS });
        if ("kind" in seen) return troubled(name, seen.evidence);
        for (const each of seen) await this.#follow(name, byAnchor.get(each.anchor), each);
      }
      const isLast = shown.length < SURVEYED_AT_ONCE;
      this.#after.set(name, isLast ? 0 : shown.at(-1)!.receipt.incident);
      if (isLast) return;
    }
  }

  async #follow(who: string, shown: Shown | undefined, { state, since, says }: Seen): Promise<void> {
    if (shown === undefined) return;
    // What was closed before the incident was opened again was closed for the last time, not for this one, and what
    // Riposte closed itself nobody else did.
    const ours = Math.max(shown.openedAt ?? 0, shown.movedAt ?? 0);
    if (since <= ours + CLOCKS_APART_MS) return;
    const { incident } = shown.receipt;
    const { submit } = this.#parts;
    const when = { happenedAt: since, ifOpenedAt: shown.openedAt };
    if (state === "closed") {
      await submit({ kind: "command", who, command: { kind: "resolve", incident, note: says }, ...when });
    } else if (shown.state === "open") {
      await submit({ kind: "command", who, command: { kind: "acknowledge", incident }, ...when });
    }
  }
}
