// What integratord would have sent of past alerts, block by block, and why it did not send the rest.
import { DAY_MS, type Instant } from "../../core/time.ts";
import type { LineTaker } from "../../sources/tail-lines.ts";
import { stampOf } from "../../sources/tail-stamp.ts";
import { atoi } from "../../wazuh/c-number.ts";
import { decide, type WhyNot } from "../../wazuh/filter.ts";
import type { IntegrationBlock } from "../../wazuh/integration-block.ts";

/** One rule id that a block asks for, as the alerts have it. */
export interface AskedRule {
  readonly id: number;
  alerts: number;
  passed: number;
  highestLevel: number;
  readonly skipped: Map<WhyNot, number>;
}

export interface BlockSums {
  readonly block: IntegrationBlock;
  /** Calls of its script, by days since 1970 (UTC). */
  readonly days: Map<number, number>;
  passed: number;
  readonly skipped: Map<WhyNot, number>;
  readonly asked: ReadonlyMap<number, AskedRule>;
}

/** Counts alerts for blocks, as integratord decides about each. */
export class BlockTally implements LineTaker {
  alerts = 0;
  unreadable = 0;
  firstAt: Instant | null = null;
  lastAt: Instant | null = null;
  readonly blocks: readonly BlockSums[];
  readonly #fromAt: Instant;
  #at: Instant = 0;

  constructor(blocks: readonly IntegrationBlock[], fromAt: Instant) {
    this.#fromAt = fromAt;
    this.blocks = blocks.map((block) => ({
      block,
      days: new Map(),
      passed: 0,
      skipped: new Map(),
      asked: new Map((block.filters.ruleIds ?? []).map((id) => [id, newAsked(id)])),
    }));
  }

  line(bytes: Buffer, start: number, end: number): boolean {
    this.#at = stampOf(bytes, start) ?? this.#at;
    if (this.#at < this.#fromAt || start === end) return true;
    const document = parsed(bytes.toString("utf8", start, end));
    if (document === null) this.unreadable += 1;
    else this.#count(document, this.#at);
    return true;
  }

  tooLong(): void {
    this.unreadable += 1;
  }

  #count(document: Readonly<Record<string, unknown>>, at: Instant): void {
    this.alerts += 1;
    this.firstAt = Math.min(this.firstAt ?? at, at);
    this.lastAt = Math.max(this.lastAt ?? at, at);
    const day = Math.floor(at / DAY_MS);
    const { id, level } = ruleOf(document);
    for (const sums of this.blocks) {
      const verdict = decide(sums.block, { document });
      const asked = sums.asked.get(id);
      if (asked !== undefined) {
        asked.alerts += 1;
        asked.highestLevel = Math.max(asked.highestLevel, level);
      }
      if (verdict.kind === "passes") {
        sums.passed += 1;
        sums.days.set(day, (sums.days.get(day) ?? 0) + 1);
        if (asked !== undefined) asked.passed += 1;
        continue;
      }
      add(sums.skipped, verdict.why);
      if (asked !== undefined) add(asked.skipped, verdict.why);
    }
  }
}

function newAsked(id: number): AskedRule {
  return { id, alerts: 0, passed: 0, highestLevel: 0, skipped: new Map() };
}

function add(counts: Map<WhyNot, number>, why: WhyNot): void {
  counts.set(why, (counts.get(why) ?? 0) + 1);
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function ruleOf({ rule }: Readonly<Record<string, unknown>>): { readonly id: number; readonly level: number } {
  const { id, level } = (typeof rule === "object" && rule !== null ? rule : {}) as Record<string, unknown>;
  return { id: typeof id === "string" ? atoi(id) : 0, level: typeof level === "number" ? level : 0 };
}
