import { ownStretch, type Word } from "../../sources/own-alert.ts";
import { groupKeyOf, policyOfProblem, problemsOf, type HealthFacts, type HealthTerms } from "../../core/own-health.ts";
import type { Problem } from "../../core/own-health.ts";
import type { AcceptInput } from "../../core/input.ts";
import { HOUR_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

export interface MonitorOptions {
  readonly clock: Clock;
  readonly look: () => Promise<HealthFacts>;
  readonly terms: () => HealthTerms;
  /** Resolves after the commit. */
  readonly submit: (stretch: AcceptInput) => Promise<unknown>;
  /** Problems that an earlier life told of and that nobody has resolved since. */
  readonly remembered: () => Promise<readonly Problem[]>;
  /** The database has taken nothing for two looks in a row; told once until it does again. */
  readonly unwritable: (error: unknown) => void;
  readonly failed: (error: unknown) => void;
}

export const LOOK_MS = 15 * SECOND_MS;
/** A problem that lasts is said again, should somebody have resolved its incident by hand. */
const AGAIN_MS = 6 * HOUR_MS;

/**
 * Looks at Riposte itself and tells of what is wrong as of everything else: as alerts that become incidents. Each
 * look is written down even when there is nothing to say: that the database takes it is part of being well.
 */
export class Monitor {
  readonly #options: MonitorOptions;
  #told: Map<string, { readonly problem: Problem; readonly at: Instant }> | null = null;
  #problems: readonly Problem[] = [];
  #writtenAt: Instant | null = null;
  #refusals = 0;
  #cancel: () => void = () => {};
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  /** When a look was last committed; null: none was yet. */
  get writtenAt(): Instant | null {
    return this.#writtenAt;
  }

  /** As of the last look. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  start(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.#looking = this.#look()
        .catch((error: unknown) => this.#options.failed(error))
        .then(() => this.start());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { look, terms, clock, remembered } = this.#options;
    this.#told ??= new Map((await remembered()).map((problem) => [keyOf(problem), { problem, at: clock.now() }]));
    const told = this.#told;
    this.#problems = problemsOf(await look(), terms());
    const now = clock.now();
    const there = new Map(this.#problems.map((problem) => [keyOf(problem), problem]));
    const words: Word[] = [];
    for (const [key, problem] of there) {
      const before = told.get(key);
      const isNew = before === undefined || before.problem.version !== problem.version;
      if (isNew || Math.abs(now - before.at) >= AGAIN_MS) words.push({ problem, isOver: false });
    }
    for (const [key, { problem }] of told) if (!there.has(key)) words.push({ problem, isOver: true });
    if (!(await this.#write(words, now))) return;
    for (const { problem, isOver } of words) {
      if (isOver) told.delete(keyOf(problem));
      else told.set(keyOf(problem), { problem, at: now });
    }
  }

  async #write(words: readonly Word[], now: Instant): Promise<boolean> {
    try {
      await this.#options.submit(ownStretch(words, now));
    } catch (error) {
      this.#refusals += 1;
      if (this.#refusals === 2) this.#options.unwritable(error);
      return false;
    }
    this.#refusals = 0;
    this.#writtenAt = now;
    return true;
  }
}

function keyOf(problem: Problem): string {
  return `${policyOfProblem(problem)} ${groupKeyOf(problem)}`;
}
