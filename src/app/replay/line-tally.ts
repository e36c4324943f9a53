import type { KeptAlert } from "../../core/alert.ts";
import type { QuarantineRow } from "../../core/change.ts";
import { DAY_MS, type Instant } from "../../core/time.ts";

/** A line that is no alert. */
export interface UnreadableLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly why: Exclude<QuarantineRow["why"], "not_read">;
  /** Its beginning, as it was. */
  readonly text: string;
}

export interface RuleTally {
  readonly id: string;
  /** Of its first alert. */
  readonly level: number;
  readonly title: string;
  alerts: number;
}

const UNREADABLE_SHOWN = 10;
/** A manager has some four thousand rules; whoever makes up more of them fills no memory. */
const MOST_RULES = 20_000;

/** What became of the lines, before anything was decided about them. */
export class LineTally {
  ignored = 0;
  /** Not between the times that were asked for. */
  passedOver = 0;
  firstAt: Instant | null = null;
  lastAt: Instant | null = null;
  /** Of the line that was read last, which need not be the latest. */
  endAt: Instant | null = null;
  readonly rules = new Map<string, RuleTally>();
  /** Alerts that a policy takes, by its name. */
  readonly policies = new Map<string, number>();
  readonly shown: UnreadableLine[] = [];
  #lines = 0;
  #matched = 0;
  #unreadable = 0;
  /** By day, counted from the epoch; lines are in order, so the last day is nearly always the right one. */
  readonly #days = new Map<number, DayLines>();
  #lastDay: { readonly day: number; readonly lines: DayLines } | null = null;

  get lines(): number {
    return this.#lines;
  }
  get matchedLines(): number {
    return this.#matched;
  }
  get unreadableLines(): number {
    return this.#unreadable;
  }
  get days(): ReadonlyMap<number, Readonly<DayLines>> {
    return this.#days;
  }

  read(at: Instant | null): void {
    this.#lines += 1;
    if (at === null) return;
    this.endAt = at;
    if (this.firstAt === null || at < this.firstAt) this.firstAt = at;
    if (this.lastAt === null || at > this.lastAt) this.lastAt = at;
    this.#dayOf(at).alerts += 1;
  }

  matched(alert: KeptAlert, at: Instant | null): void {
    this.#matched += 1;
    if (at !== null) this.#dayOf(at).matched += 1;
    for (const { policy } of alert.matches) this.policies.set(policy, (this.policies.get(policy) ?? 0) + 1);
    const { ruleId } = alert.identity;
    const known = this.rules.get(ruleId);
    if (known !== undefined) known.alerts += 1;
    else if (this.rules.size < MOST_RULES)
      this.rules.set(ruleId, { id: ruleId, level: alert.level, title: alert.title, alerts: 1 });
  }

  unreadable(line: UnreadableLine): void {
    this.#unreadable += 1;
    if (this.shown.length < UNREADABLE_SHOWN) this.shown.push(line);
  }

  #dayOf(at: Instant): DayLines {
    const day = Math.floor(at / DAY_MS);
    if (this.#lastDay?.day === day) return this.#lastDay.lines;
    const lines = this.#days.get(day) ?? { alerts: 0, matched: 0 };
    this.#days.set(day, lines);
    this.#lastDay = { day, lines };
    return lines;
  }
}

interface DayLines {
  alerts: number;
  matched: number;
}
