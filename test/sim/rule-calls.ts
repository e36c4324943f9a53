import type { CalledBack } from "../../src/core/called-back.ts";
import type { CalledBackInput, Result } from "../../src/core/input.ts";
import { readMark } from "../../src/core/receipt.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../src/core/time.ts";
import { FakeJiraAutomation, type RuleCall } from "../fakes/jira-automation.ts";
import type { Vendor } from "../fakes/vendor.ts";
import { between, pick, type Chance } from "./chance.ts";
import type { SimTime } from "./sim-time.ts";

/** How a call of the rule finds its way back. */
export const RULE_FATES = ["at once", "late", "very late", "twice", "never"] as const;
const FATES = ["at once", "at once", "at once", "at once", "late", "very late", "twice", "never"] as const;
/** What somebody says who has the token and means no good, or a rule that was copied from another installation. */
export const LIES = ["unknown_incident", "not_awaited", "foreign_mark", "never_made"] as const;
const LIE_CHANCE = 0.15;
/** Jira's search knows of an issue mostly before anybody asks again, and sometimes long after. */
const LAGS_MS = [0, 20 * SECOND_MS, MINUTE_MS, MINUTE_MS, 20 * MINUTE_MS] as const;

/** What the engine was told and has written down. */
export interface HeardCall extends RuleCall {
  readonly at: Instant;
  readonly word: CalledBack;
}

/**
 * Jira's Automation as the team of this seed has it: a rule of its own that makes a ticket for each call, or ours, which
 * looks for the mark first and calls back over a network that has troubles of its own.
 */
export class RuleSite {
  readonly fake: FakeJiraAutomation;
  readonly callsBack: boolean;
  readonly indexLagMs: number;
  readonly heard: HeardCall[] = [];
  /** Keys that have come to a life, which may have died before it could answer. */
  readonly offered = new Set<string>();
  /** Calls back that are on their way. */
  onTheirWay = 0;
  /** Hands one to whichever life there is; null: nobody listens. */
  submit: (input: CalledBackInput) => Promise<Result> | null = () => null;
  /** From then on none is lost. */
  isBusy = true;
  readonly #time: SimTime;
  readonly #chance: Chance;
  readonly #runAfterMs: number;
  readonly #reach: (what: string) => void;

  constructor(token: string, time: SimTime, chance: Chance, reach: (what: string) => void) {
    this.#time = time;
    this.#chance = chance;
    this.#reach = reach;
    this.callsBack = chance() < 0.6;
    this.indexLagMs = pick(chance, LAGS_MS);
    // A rule that runs at once has often called back before its call is answered.
    this.#runAfterMs = pick(chance, [0, 3_000]);
    const { indexLagMs } = this;
    const looksUp = this.callsBack ? { looksUp: { indexLagMs } } : {};
    this.fake = new FakeJiraAutomation({ token, createAfterMs: this.#runAfterMs, ...looksUp });
    this.fake.called = (call) => this.#send(call);
    reach(this.callsBack ? "rule that calls back" : "rule that does not call back");
  }

  /** Whether a ticket is found by then, whenever it is asked for again after a lost call. */
  get knowsInTime(): boolean {
    return this.indexLagMs <= MINUTE_MS;
  }

  /** It runs when it is due, and not only when somebody calls. */
  get vendor(): Vendor {
    return {
      handle: (request, nowMs) => {
        const answer = this.fake.handle(request, nowMs);
        this.#time.after(this.#runAfterMs, () => this.fake.settle(this.#time.now));
        return answer;
      },
    };
  }

  #send(call: RuleCall): void {
    this.#reach(call.created ? "rule created" : "rule found");
    const fate = this.isBusy ? pick(this.#chance, FATES) : "at once";
    this.#reach(`called back ${fate}`);
    const soonMs = between(this.#chance, 1, 3_000);
    switch (fate) {
      case "at once":
        this.#deliver(call, soonMs);
        break;
      case "late":
        this.#deliver(call, between(this.#chance, MINUTE_MS, 20 * MINUTE_MS));
        break;
      case "very late":
        this.#deliver(call, between(this.#chance, 30 * MINUTE_MS, 60 * MINUTE_MS));
        break;
      case "twice":
        this.#deliver(call, soonMs);
        this.#deliver(call, soonMs + between(this.#chance, 0, 5 * MINUTE_MS));
        break;
      case "never":
        break;
    }
    if (this.#chance() < LIE_CHANCE) this.#deliver(lieOf(call, pick(this.#chance, LIES)), soonMs);
  }

  #deliver(call: RuleCall, afterMs: number): void {
    this.onTheirWay += 1;
    this.#time.after(afterMs, () => {
      this.onTheirWay -= 1;
      const mark = readMark(call.mark);
      if (mark === null) throw new Error(`the rule sent ${call.mark} back, which is no mark`);
      const remote = { anchor: call.key, url: call.url };
      // What dies with the engine, or finds no room on the disk, is lost: Jira tells nobody again.
      const answer = this.submit({ kind: "called_back", mark, remote, created: call.created });
      if (answer === null) return this.#reach("call back lost");
      this.offered.add(call.key);
      answer.then(
        ({ calledBack: word = "taken" }) => {
          this.#reach(`heard ${word}`);
          this.heard.push({ ...call, at: this.#time.now, word });
        },
        () => this.#reach("call back lost"),
      );
    });
  }
}

function lieOf(call: RuleCall, kind: (typeof LIES)[number]): RuleCall {
  const [, install = "", incident = ""] = call.mark.split("-");
  const key = `EVIL-${incident}`;
  switch (kind) {
    case "unknown_incident":
      return { ...call, key, mark: `rp-${install}-9999-tickets-1` };
    case "not_awaited":
      return { ...call, key, mark: `rp-${install}-${incident}-hook-1` };
    case "foreign_mark":
      return { ...call, key, mark: `rp-not${install}-${incident}-tickets-1` };
    case "never_made":
      return { ...call, key, mark: `rp-${install}-${incident}-tickets-2` };
  }
}
