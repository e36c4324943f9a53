import type { Input } from "../../../src/core/input.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/core/time.ts";
import { between, pick, type Chance } from "../chance.ts";
import type { SimTime } from "../sim-time.ts";
import type { DeskTruth } from "./desk-truth.ts";
import type { Site } from "./site.ts";

export type Command = Extract<Input, { kind: "command" }>["command"];

export interface DeskPeopleParts {
  readonly time: SimTime;
  readonly chance: Chance;
  readonly truth: DeskTruth;
  readonly site: Site;
  readonly reach: (what: string) => void;
  readonly failed: (error: unknown) => void;
  /** Undefined: nobody answers, or the disk is full. */
  readonly submit: (command: Command, who: string) => Promise<string | null | undefined>;
}

/** Those who say yes and no, late, twice and to what they were never shown, and who press the kill switch. */
export class DeskPeople {
  readonly #parts: DeskPeopleParts;
  /** What was shown to them at any time. */
  readonly #shown: { readonly id: number; readonly digest: string }[] = [];

  constructor(parts: DeskPeopleParts) {
    this.#parts = parts;
  }

  act(): void {
    const { chance } = this.#parts;
    const dice = chance();
    if (dice < 0.7) this.#approve();
    else if (dice < 0.78) this.#refuse();
    else if (dice < 0.93) this.#lift();
    else if (dice < 0.95) this.#stop();
  }

  #approve(): void {
    const { time, chance, truth } = this.#parts;
    const held = [...truth.responses.values()].filter(({ state }) => state === "held");
    for (const { id, digest } of held) {
      if (digest !== null && !this.#shown.some((one) => one.id === id && one.digest === digest))
        this.#shown.push({ id, digest });
    }
    const [newest] = held.toReversed();
    const isReplayed = chance() < 0.15;
    const one = isReplayed ? (this.#shown.length > 0 ? pick(chance, this.#shown) : undefined) : newest;
    if (one === undefined) return;
    const isForged = chance() < 0.15;
    const another = this.#shown.length > 0 && chance() < 0.5 ? pick(chance, this.#shown).digest : "0123456789abcdef";
    const digest = isForged ? another : (one.digest ?? "");
    const who = pick(chance, ["ana", "ben", "cleo", "ben", "cleo", "eve"]);
    const say = (): void => this.#say({ kind: "approve_response", response: one.id, digest }, who, "approval");
    const isLate = chance() < 0.2;
    time.after(isLate ? between(chance, 1, 8) * MINUTE_MS : between(chance, 0, 20) * SECOND_MS, say);
    if (chance() < 0.5) time.after(between(chance, 1, 40) * SECOND_MS, say);
    if (chance() < 0.4) {
      const other = pick(chance, ["ana", "ben", "cleo"]);
      const also = { kind: "approve_response", response: one.id, digest } as const;
      time.after(between(chance, 1, 40) * SECOND_MS, () => this.#say(also, other, "approval"));
    }
  }

  #refuse(): void {
    const { chance, truth } = this.#parts;
    const all = [...truth.responses.keys()];
    if (all.length === 0) return;
    this.#say({ kind: "refuse_response", response: pick(chance, all), note: null }, "ben", "no");
  }

  /** What is left to a person is done by one, and said so. */
  #lift(): void {
    const { chance, truth, site } = this.#parts;
    const inForce = [...truth.responses.values()].filter(({ state }) => IN_FORCE.has(state));
    const fresh = inForce.filter(({ state }) => state === "sent");
    const of = fresh.length > 0 ? fresh : inForce;
    const response = of.length > 0 ? pick(chance, of) : undefined;
    if (response === undefined) return;
    const isDone = response.state === "dead" || chance() < 0.3;
    if (isDone) {
      for (const agent of [...site.agents.values(), ...site.gone])
        if (agent.holds(response.token)) agent.undoByHand(response.target.name);
      truth.byHand.add(response.id);
    }
    this.#say({ kind: "lift_response", response: response.id, isDone }, "ben", isDone ? "done by hand" : "lift");
  }

  #stop(): void {
    const { time, chance } = this.#parts;
    this.#say({ kind: "stop_responses", why: null }, "cleo", "stop");
    const forMs = between(chance, 5, 60) * SECOND_MS;
    time.after(forMs, () => this.#say({ kind: "resume_responses" }, "cleo", "resume"));
  }

  #say(command: Command, who: string, what: string): void {
    const { submit, reach, failed } = this.#parts;
    submit(command, who).then((refused) => {
      if (refused !== undefined) reach(`desk ${what} ${refused === null ? "taken" : "refused"}`);
    }, failed);
  }
}

const IN_FORCE = new Set(["sent", "received_unprovable", "verified", "dead"]);
