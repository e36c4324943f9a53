import { HOUR_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import { wordsOf, type TailEvent } from "./tail-event.ts";

type Absence = Extract<TailEvent, { kind: "missing" | "unreadable" }>;
type Refusal = Extract<TailEvent, { kind: "not_accepted" }>;

/** What can't be mended any more stays in the status for this long. */
const NOTED_FOR_MS = HOUR_MS;

/** What is wrong with a tail: told once when it begins and once when it ends, and in the status for as long as it lasts. */
export class Troubles {
  readonly #observe: (event: TailEvent) => void;
  readonly #clock: Clock;
  #absence: Absence | null = null;
  #refusal: Refusal | null = null;
  #noted: { readonly event: TailEvent; readonly at: Instant } | null = null;

  constructor(observe: (event: TailEvent) => void, clock: Clock) {
    this.#observe = observe;
    this.#clock = clock;
  }

  get absence(): Absence["kind"] | null {
    return this.#absence?.kind ?? null;
  }

  /** What was handed over last was not taken. */
  get isRefused(): boolean {
    return this.#refusal !== null;
  }

  /** Null: nothing is any more. */
  absent(event: Absence | null): void {
    if (event === null) return this.present();
    const isNews = this.#absence === null || wordsOf(this.#absence) !== wordsOf(event);
    this.#absence = event;
    if (isNews) this.#observe(event);
  }

  present(): void {
    if (this.#absence === null) return;
    this.#absence = null;
    this.#observe({ kind: "well" });
  }

  refused(event: Refusal): void {
    this.#refusal = event;
    this.#observe(event);
  }

  accepted(): void {
    if (this.#refusal === null) return;
    this.#refusal = null;
    this.#observe({ kind: "well" });
  }

  /** What happened and is over, though something may be lost by it. */
  note(event: TailEvent): void {
    this.#noted = { event, at: this.#clock.now() };
    this.#observe(event);
  }

  words(): string | null {
    const lasting = this.#refusal ?? this.#absence;
    if (lasting !== null) return wordsOf(lasting);
    if (this.#noted === null || this.#clock.now() - this.#noted.at > NOTED_FOR_MS) return null;
    return wordsOf(this.#noted.event);
  }
}
