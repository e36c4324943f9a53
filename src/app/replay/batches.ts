import type { KeptAlert } from "../../core/alert.ts";
import { head } from "../../core/plain-text.ts";
import { SECOND_MS, type Instant } from "../../core/time.ts";
import type { LineJudge } from "../../sources/line-judge.ts";
import type { LineTaker } from "../../sources/tail-lines.ts";
import { stampOf } from "../../sources/tail-stamp.ts";
import type { LineTally, UnreadableLine } from "./line-tally.ts";

/** Alerts of about the same second, which are taken in together as they would be live. */
export interface Batch {
  readonly at: Instant;
  /** When the alert after them happened; null: there is none. */
  readonly nextAt: Instant | null;
  readonly alerts: readonly KeptAlert[];
}

export interface BatchOptions {
  readonly judge: LineJudge;
  readonly tally: LineTally;
  /** Lines before it are passed over. */
  readonly fromAt: Instant | null;
  /** Lines from then on are passed over. */
  readonly toAt: Instant | null;
}

const BATCH_ALERTS = 1_000;
/** So much is held before somebody has to take it. */
const HELD_ALERTS = 2_000;
const HELD_BYTES = 8 * 1024 * 1024;
const EXCERPT_CHARS = 200;

/** Makes batches of lines and counts those that none comes of. */
export class Batches implements LineTaker {
  readonly #options: BatchOptions;
  #path = "";
  #lineNumber = 0;
  #lastAt: Instant | null = null;
  #batches: Batch[] = [];
  #current: { readonly at: Instant; readonly alerts: KeptAlert[] } | null = null;
  #heldAlerts = 0;
  #heldBytes = 0;

  constructor(options: BatchOptions) {
    this.#options = options;
  }

  beginFile(path: string): void {
    this.#path = path;
    this.#lineNumber = 0;
  }

  /** Those of which it is known what came after them. */
  take(): readonly Batch[] {
    const taken = this.#batches;
    this.#batches = [];
    this.#heldAlerts = this.#heldBytes = 0;
    return taken;
  }

  /** Nothing comes any more. */
  takeLast(): readonly Batch[] {
    this.#close(null);
    return this.take();
  }

  line(bytes: Buffer, start: number, end: number): boolean {
    const { judge, tally } = this.#options;
    if (!this.#begins(bytes, start)) return true;
    if (start === end || judge.refuse(bytes, start, end)) {
      tally.ignored += 1;
      return true;
    }
    const line = bytes.toString("utf8", start, end);
    const judgement = judge.judge(line, this.#lastAt ?? 0);
    switch (judgement.kind) {
      case "kept":
        tally.matched(judgement.alert, this.#lastAt);
        this.#add(judgement.alert, end - start);
        break;
      case "ignored":
        tally.ignored += 1;
        break;
      case "malformed":
        if (line.trim() === "") tally.ignored += 1;
        else this.#unreadable(judgement.why, head(line, EXCERPT_CHARS));
        break;
    }
    return this.#heldAlerts < HELD_ALERTS && this.#heldBytes < HELD_BYTES;
  }

  tooLong(bytes: Buffer, start: number, end: number): void {
    const { judge, tally } = this.#options;
    if (!this.#begins(bytes, start)) return;
    if (judge.refuse(bytes, start, end)) tally.ignored += 1;
    else this.#unreadable("too_long", head(bytes.toString("utf8", start, start + EXCERPT_CHARS), EXCERPT_CHARS));
  }

  /** Counts the line; false where it is none of those that were asked for. */
  #begins(bytes: Buffer, start: number): boolean {
    const { tally, fromAt, toAt } = this.#options;
    this.#lineNumber += 1;
    const at = stampOf(bytes, start) ?? this.#lastAt;
    this.#lastAt = at;
    if ((fromAt !== null && (at === null || at < fromAt)) || (toAt !== null && at !== null && at >= toAt)) {
      tally.passedOver += 1;
      return false;
    }
    tally.read(at);
    return true;
  }

  #add(alert: KeptAlert, bytes: number): void {
    const current = this.#current;
    const belongs = current !== null && Math.abs(alert.at - current.at) < SECOND_MS;
    if (belongs && current.alerts.length < BATCH_ALERTS) {
      current.alerts.push(alert);
    } else {
      this.#close(alert.at);
      this.#current = { at: alert.at, alerts: [alert] };
    }
    this.#heldAlerts += 1;
    this.#heldBytes += bytes;
  }

  #close(nextAt: Instant | null): void {
    if (this.#current !== null) this.#batches.push({ ...this.#current, nextAt });
    this.#current = null;
  }

  #unreadable(why: UnreadableLine["why"], text: string): void {
    this.#options.tally.unreadable({ file: this.#path, line: this.#lineNumber, why, text });
  }
}
