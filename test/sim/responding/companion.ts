import { targetOf, type AgentLine, type SentData } from "./agent-line.ts";

/** What the companion changes on its machine. */
export interface Effects {
  /** False: a part of it did not take. */
  apply(target: string, token: string): boolean;
  isOn(target: string): boolean;
  takeBack(target: string): void;
}

interface Token {
  state: "begun" | "done" | "ended";
  readonly target: string;
  readonly until: number;
}

type Said = Pick<Extract<AgentLine, { kind: "companion" }>, "verb" | "effect" | "why">;

/** Our script on an agent, as docs/reference/companion.md has it: what it remembers outlives every death. */
export class Companion {
  readonly #effects: Effects;
  readonly #program: string;
  readonly #tokens = new Map<string, Token>();
  readonly #holders = new Map<string, Set<string>>();

  constructor(program: string, effects: Effects) {
    this.#program = program;
    this.#effects = effects;
  }

  holds(token: string): boolean {
    return [...this.#holders].some(([target, tokens]) => tokens.has(token) && this.#effects.isOn(target));
  }

  /** Carries out an order; null: the machine died amid it, and its effect may be there. */
  carryOut(data: SentData, now: number, dies: boolean): AgentLine | null {
    const target = targetOf(data);
    const { token, verb } = data.riposte;
    if (verb === "add" && dies && !this.#tokens.has(token)) {
      this.#begin(token, target, data, now);
      this.#effects.apply(target, token);
      return null;
    }
    const said = this.#answer(token, verb, target, data, now);
    return this.#line(token, target, { verb, ...said });
  }

  /** What is over goes, asked or not: whatever order comes, and where its owner has set up a timer. */
  liftWhatIsOver(now: number): readonly AgentLine[] {
    return [...this.#tokens].flatMap(([token, { state, target, until }]) => {
      if (state === "ended" || until === 0 || until > now) return [];
      return [this.#line(token, target, { verb: "lift", ...this.#release(token, target) })];
    });
  }

  #answer(token: string, verb: SentData["riposte"]["verb"], target: string, data: SentData, now: number): Answer {
    const known = this.#tokens.get(token);
    switch (verb) {
      case "add":
        if (known?.state === "ended") return { effect: "refused", why: "token_ended" };
        if (known?.state === "done") return this.#look(target, { effect: "already", why: "seen" });
        this.#begin(token, target, data, now);
        if (!this.#effects.apply(target, token)) return NOT_DONE;
        this.#tokens.get(token)!.state = "done";
        return { effect: "yes", why: this.#others(token, target) > 0 ? "joined" : "done" };
      case "check":
        if (known === undefined) return { effect: "undone", why: "never_done" };
        if (known.state === "ended") return { effect: "undone", why: "was_undone" };
        return this.#look(target, { effect: "yes", why: "in_force" });
      case "undo":
        if (known === undefined) {
          this.#tokens.set(token, { state: "ended", target, until: 0 });
          return { effect: "undone", why: "never_done" };
        }
        return known.state === "ended" ? { effect: "undone", why: "was_undone" } : this.#release(token, target);
    }
  }

  #begin(token: string, target: string, { riposte: { seconds } }: SentData, now: number): void {
    const until = seconds === undefined ? 0 : now + seconds * 1_000;
    if (!this.#tokens.has(token)) this.#tokens.set(token, { state: "begun", target, until });
    this.#holders.set(target, (this.#holders.get(target) ?? new Set()).add(token));
  }

  #look(target: string, so: Answer): Answer {
    return this.#effects.isOn(target) ? so : NOT_DONE;
  }

  #release(token: string, target: string): Answer {
    this.#holders.get(target)?.delete(token);
    this.#tokens.get(token)!.state = "ended";
    if (this.#others(token, target) > 0) return { effect: "undone", why: "still_held" };
    this.#effects.takeBack(target);
    return { effect: "undone", why: "restored" };
  }

  #others(token: string, target: string): number {
    return [...(this.#holders.get(target) ?? [])].filter((other) => other !== token).length;
  }

  #line(token: string, target: string, said: Said): AgentLine {
    return { kind: "companion", program: this.#program, token, target, others: this.#others(token, target), ...said };
  }
}

type Answer = Pick<Said, "effect" | "why">;

const NOT_DONE = { effect: "no", why: "password_open" } as const;
