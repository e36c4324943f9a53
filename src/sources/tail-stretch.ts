import type { KeptAlert } from "../core/alert.ts";
import type { AcceptInput } from "../core/input.ts";
import { keptOfLine, QUARANTINE_LINE_BYTES, QUARANTINE_ROWS } from "../core/quarantine.ts";
import type { Instant } from "../core/time.ts";
import type { LineJudge } from "./line-judge.ts";
import { NodesHeard } from "./nodes-heard.ts";
import type { Lines, LineTaker } from "./tail-lines.ts";
import { stampOf } from "./tail-stamp.ts";
import { betweenZeros } from "./tail-zeros.ts";

export interface StretchLimits {
  /** Lines parsed in one turn: what parsing takes is what everybody else waits. */
  readonly parsedATurn: number;
  /** A stretch that holds this much waits to be handed over before more is read. */
  readonly alerts: number;
  readonly alertBytes: number;
  /** As much input with nothing to keep in it moves the cursor. */
  readonly inputBytes: number;
}

/** Of alerts a chunk holds a few thousand; a mebibyte of newlines would otherwise hold everybody up. */
const LINES_A_TURN = 128 * 1_024;

type Tally = Omit<AcceptInput, "kind" | "source" | "cursor" | "watermarkAt">;

/** What has been read and not yet handed over. */
export class Stretch implements LineTaker {
  readonly #judge: LineJudge;
  readonly #limits: StretchLimits;
  #read = 0;
  #ignored = 0;
  #malformed = 0;
  #quarantine: AcceptInput["quarantine"][number][] = [];
  #alerts: KeptAlert[] = [];
  #alertBytes = 0;
  #inputBytes = 0;
  #parsedThisTurn = 0;
  #linesThisTurn = 0;
  #now: Instant = 0;
  #lastBytes: Buffer | null = null;
  #lastStart = 0;
  #lastEnd = 0;
  #lastLineAt: Instant | null = null;
  #fromAt: Instant | null = null;

  /** Looked for in the last line of each turn. */
  readonly nodes = new NodesHeard();

  constructor(judge: LineJudge, limits: StretchLimits) {
    this.#judge = judge;
    this.#limits = limits;
  }

  /** Lines before this event time are passed over; null once one was found that is not. */
  get fromAt(): Instant | null {
    return this.#fromAt;
  }
  get inputBytes(): number {
    return this.#inputBytes;
  }
  /** Whether anything was read at all. */
  get hasProgress(): boolean {
    return this.#read > 0 || this.#inputBytes > 0;
  }
  /** Whether there is more in it than ignored lines, which may be read again without harm. */
  get hasContent(): boolean {
    return this.#alerts.length > 0 || this.#malformed > 0;
  }
  get isFull(): boolean {
    return (
      this.#alerts.length >= this.#limits.alerts ||
      this.#alertBytes >= this.#limits.alertBytes ||
      (this.hasContent && this.isLong)
    );
  }
  get isLong(): boolean {
    return this.#inputBytes >= this.#limits.inputBytes;
  }

  /** Event time of the last line of the last turn. */
  get lastLineAt(): Instant | null {
    return this.#lastLineAt;
  }

  /** Nobody asked for the lines before the first one at or after this event time: they count nowhere. */
  passOverUntil(fromAt: Instant | null): void {
    this.#fromAt = fromAt;
  }

  /** Takes from `lines` what one turn may take; whether it took all that is complete. */
  take(lines: Lines, now: Instant): boolean {
    const before = lines.offsetBytes;
    this.#now = now;
    this.#parsedThisTurn = this.#linesThisTurn = 0;
    const all = lines.take(this);
    this.#inputBytes += lines.offsetBytes - before;
    this.#noteLast();
    return all;
  }

  takeRest(lines: Lines, now: Instant): void {
    this.#now = now;
    this.#inputBytes += lines.readAtBytes - lines.offsetBytes;
    lines.takeRest(this);
    this.#noteLast();
  }

  line(bytes: Buffer, start: number, end: number): boolean {
    if (this.#isTooEarly(bytes, start)) return (this.#linesThisTurn += 1) < LINES_A_TURN;
    this.#read += 1;
    this.#linesThisTurn += 1;
    this.#lastStart = start;
    this.#lastEnd = end;
    this.#lastBytes = bytes;
    if (start === end || this.#judge.refuse(bytes, start, end)) {
      this.#ignored += 1;
      return this.#linesThisTurn < LINES_A_TURN;
    }
    const line = bytes.toString("utf8", start, end);
    const judgement = this.#judge.judge(line, this.#now);
    this.#parsedThisTurn += 1;
    switch (judgement.kind) {
      case "kept":
        this.#alerts.push(judgement.alert);
        this.#alertBytes += end - start;
        break;
      case "ignored":
        this.#ignored += 1;
        break;
      case "malformed":
        if (bytes.subarray(start, end).includes(0)) this.#takeBetweenZeros(bytes, start, end);
        else if (line.trim() === "") this.#ignored += 1;
        else this.#refuseLine(judgement.why, bytes, start, end);
        break;
    }
    return this.#parsedThisTurn < this.#limits.parsedATurn && !this.isFull;
  }

  /** It was no line, or several. */
  #takeBetweenZeros(bytes: Buffer, start: number, end: number): void {
    this.#read -= 1;
    for (const [from, to] of betweenZeros(bytes, start, end)) this.line(bytes, from, to);
  }

  tooLong(bytes: Buffer, start: number, end: number): void {
    if (this.#isTooEarly(bytes, start)) return;
    this.#read += 1;
    if (this.#judge.refuse(bytes, start, end)) this.#ignored += 1;
    else this.#refuseLine("too_long", bytes, start, end);
  }

  /** A file that was not read at all counts as one line, and its place in the quarantine says why. */
  refuseFile(says: string): void {
    this.#read += 1;
    this.#malformed += 1;
    this.#keep({ why: "not_read", raw: says });
  }

  /** What there is, and begins anew. */
  cut(): Tally {
    const tally: Tally = {
      read: this.#read,
      ignored: this.#ignored,
      malformed: this.#malformed,
      quarantine: this.#quarantine,
      alerts: this.#alerts,
    };
    this.clear();
    return tally;
  }

  /** What was taken is read again: nothing of it has been seen. */
  forget(): void {
    this.clear();
    this.#lastLineAt = null;
  }

  clear(): void {
    this.#read = this.#ignored = this.#malformed = 0;
    this.#quarantine = [];
    this.#alerts = [];
    this.#alertBytes = this.#inputBytes = 0;
  }

  #isTooEarly(bytes: Buffer, start: number): boolean {
    if (this.#fromAt === null) return false;
    const at = stampOf(bytes, start);
    if (at === null || at < this.#fromAt) return true;
    this.#fromAt = null;
    return false;
  }

  #noteLast(): void {
    if (this.#lastBytes === null) return;
    this.#lastLineAt = stampOf(this.#lastBytes, this.#lastStart) ?? this.#lastLineAt;
    this.nodes.noteLine(this.#lastBytes, this.#lastStart, this.#lastEnd, this.#now);
    this.#lastBytes = null;
  }

  #refuseLine(why: "not_json" | "not_an_alert" | "too_long", bytes: Buffer, start: number, end: number): void {
    this.#malformed += 1;
    this.#keep({ why, raw: excerpt(bytes, start, end) });
  }

  #keep(row: AcceptInput["quarantine"][number]): void {
    this.#quarantine.push(row);
    if (this.#quarantine.length > QUARANTINE_ROWS) this.#quarantine.shift();
  }
}

/** A little more than is kept, so that the last character is not cut in two here. */
function excerpt(bytes: Buffer, start: number, end: number): string {
  return keptOfLine(bytes.toString("utf8", start, Math.min(end, start + QUARANTINE_LINE_BYTES + 3)));
}
