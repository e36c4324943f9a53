import { hash } from "node:crypto";
import type { KeptAlert } from "../core/alert.ts";
import type { AcceptInput } from "../core/input.ts";
import { keptOfLine, QUARANTINE_LINE_BYTES, QUARANTINE_ROWS } from "../core/quarantine.ts";
import type { Instant } from "../core/time.ts";
import type { Batch, RefusedLine } from "../ports/intake.ts";
import { linesIn, looksLikeLines, valuesIn, type Piece } from "./http-pieces.ts";
import { insideOf, isFinding, type Fields, type Inside } from "./http-wrappers.ts";
import type { Judgement, LineJudge } from "./line-judge.ts";
import type { NodesHeard } from "./nodes-heard.ts";
import { stampOf } from "./tail-stamp.ts";
import { instantOf } from "./wazuh-time.ts";

export interface HttpLimits {
  /** More lines, or values, than this in a batch: nothing of it is taken. */
  readonly lines: number;
  /** A longer line is no alert. */
  readonly lineBytes: number;
  /** Lines parsed, and lines looked at, before others have their turn. */
  readonly parsedATurn: number;
  readonly linesATurn: number;
  /** As much is stored at a time. */
  readonly alerts: number;
  readonly alertBytes: number;
}

const MIB = 1_024 * 1_024;

export const HTTP_LIMITS: HttpLimits = {
  lines: 50_000,
  lineBytes: 4 * MIB,
  parsedATurn: 256,
  linesATurn: 8 * 1_024,
  alerts: 2_000,
  alertBytes: 4 * MIB,
};

/** A finding of Wazuh 5 under the names that alerts have; null: it is none. */
export type AlertOfFinding = (finding: Fields, documentId: string) => Fields | null;

export interface BatchParts {
  readonly judge: LineJudge;
  /** Absent: nothing here reads findings, and each is refused with that reason. */
  readonly alertOfFinding?: AlertOfFinding | undefined;
  readonly limits: HttpLimits;
  readonly now: () => Instant;
  readonly nodes: NodesHeard;
  readonly othersTurn: () => Promise<void>;
}

export type Tally = Omit<AcceptInput, "kind" | "source" | "cursor" | "watermarkAt">;

export interface Judged {
  /** At least one; each is stored at once. */
  readonly tallies: readonly Tally[];
  readonly refused: readonly RefusedLine[];
  /** Event time of the last alert; null: nobody can tell. */
  readonly lastLineAt: Instant | null;
}

/** Of so many lines the sender is told why. */
const REFUSED_TOLD = 100;
/** One line of so many is looked at for the node that wrote it. */
const NODE_EVERY = 32;

/** Judges every line of a batch; null: there are more than a batch may have. */
export async function judgeBatch({ body, framing }: Batch, parts: BatchParts): Promise<Judged | null> {
  const judging = new Judging(body, parts);
  const { limits, othersTurn } = parts;
  const start = body.length >= 3 && body.readUIntBE(0, 3) === BYTE_ORDER_MARK ? 3 : 0;
  let n = 0;
  const pieces = framing === "lines" ? linesIn(body, start, body.length) : valuesIn(body, start, body.length);
  for (const piece of pieces) {
    n += 1;
    const isWhole = judging.take(piece, n, framing === "values");
    for (const part of isWhole ? NONE : linesIn(body, ...piece)) {
      judging.take(part, n, false);
      if (judging.read > limits.lines) return null;
      if (judging.turnIsOver()) await othersTurn();
    }
    if (judging.read > limits.lines) return null;
    if (judging.turnIsOver()) await othersTurn();
  }
  return judging.end();
}

const NONE: readonly Piece[] = [];

const BYTE_ORDER_MARK = 0xef_bb_bf;

const NOT_JSON: Judgement = { kind: "malformed", why: "not_json" };
const NOT_AN_ALERT: Judgement = { kind: "malformed", why: "not_an_alert" };

/** As Wazuh 4 begins each of its lines. */
const WRITTEN = Buffer.from('{"timestamp":"');
const OF_FINDING = Buffer.from('"wazuh"');

const REASONS = {
  not_json: "it is not JSON",
  no_alert: "it is JSON and no alert: it has no rule, nor has it an alert in log, message or event.original",
  not_an_object: "it is JSON and no alert: an object was expected",
  too_deep: "it is nested too deep",
  finding: "it is a finding of Wazuh 5, which are not read yet",
} as const;

type Why = AcceptInput["quarantine"][number]["why"];

class Judging {
  readonly #bytes: Buffer;
  readonly #parts: BatchParts;
  readonly #tallies: Tally[] = [];
  readonly #refused: RefusedLine[] = [];
  #tally = newTally();
  #alertBytes = 0;
  #parsedThisTurn = 0;
  #linesThisTurn = 0;
  #last: Piece | null = null;
  /** Of the last alert that was kept. */
  #lastStamp: string | null = null;
  read = 0;

  constructor(bytes: Buffer, parts: BatchParts) {
    this.#bytes = bytes;
    this.#parts = parts;
  }

  turnIsOver(): boolean {
    const { parsedATurn, linesATurn } = this.#parts.limits;
    if (this.#parsedThisTurn < parsedATurn && this.#linesThisTurn < linesATurn) return false;
    this.#parsedThisTurn = this.#linesThisTurn = 0;
    return true;
  }

  end(): Judged {
    this.#cut();
    return { tallies: this.#tallies, refused: this.#refused, lastLineAt: this.#lastLineAt() };
  }

  /** False: it is several lines that are to be taken one by one. */
  take(piece: Piece, n: number, mayBeLines: boolean): boolean {
    const [start, end] = piece;
    const { judge, limits, nodes, now } = this.#parts;
    this.#linesThisTurn += 1;
    this.#last = piece;
    if (this.#linesThisTurn % NODE_EVERY === 1) nodes.noteLine(this.#bytes, start, end, now());
    if (start === end || judge.refuse(this.#bytes, start, end)) {
      this.#count("ignored");
      return true;
    }
    const isTooLong = end - start > limits.lineBytes;
    const text = isTooLong ? "" : this.#bytes.toString("utf8", start, end);
    const judgement = isTooLong ? NOT_JSON : this.#judgePiece(text, piece);
    if (judgement.kind !== "malformed") this.#settle(judgement, end - start);
    else if (judgement.why === "not_an_alert") this.#takeInside(insideOf(JSON.parse(text)), n, piece);
    else if (!isTooLong && text.trim() === "") this.#count("ignored");
    else if (mayBeLines && looksLikeLines(this.#bytes, piece)) return false;
    else if (isTooLong) this.#refuse(n, "too_long", `it is longer than ${limits.lineBytes / MIB} MiB`, piece);
    else this.#refuse(n, "not_json", REASONS.not_json, piece);
    return true;
  }

  #takeInside(inside: readonly Inside[], n: number, piece: Piece): void {
    // A monitor that found nothing has sent something all the same.
    if (inside.length === 0) this.#count("ignored");
    for (const each of inside) {
      if (each.kind === "nothing") {
        this.#refuse(n, "not_an_alert", REASONS[each.why], piece);
        continue;
      }
      const text = each.kind === "alert" ? each.text : this.#textOfFinding(each);
      const judgement = text === null ? null : this.#judge(text);
      if (text === null || judgement === null) this.#refuse(n, "not_an_alert", REASONS.finding, piece);
      else if (judgement.kind === "malformed") this.#refuse(n, judgement.why, REASONS.no_alert, piece);
      else this.#settle(judgement, text.length);
    }
  }

  #textOfFinding({ document, id }: Extract<Inside, { kind: "finding" }>): string | null {
    // Who sends it without its document's name gets one from its bytes, the same when it is sent again.
    const name = id ?? `sha256:${hash("sha256", JSON.stringify(document), "hex").slice(0, 16)}`;
    const alert = this.#parts.alertOfFinding?.(document, name) ?? null;
    return alert === null ? null : JSON.stringify(alert);
  }

  /** A finding may have a `rule` of another product's, and is no alert of Wazuh 4's for that. */
  #judgePiece(text: string, [start, end]: Piece): Judgement {
    const isWritten = this.#bytes.subarray(start, start + WRITTEN.length).equals(WRITTEN);
    if (isWritten || !this.#bytes.subarray(start, end).includes(OF_FINDING)) return this.#judge(text);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return NOT_JSON;
    }
    return isFinding(parsed) ? NOT_AN_ALERT : this.#judge(text);
  }

  #judge(text: string): Judgement {
    const { judge, now } = this.#parts;
    this.#parsedThisTurn += 1;
    return judge.judge(text, now());
  }

  #settle(judgement: Exclude<Judgement, { kind: "malformed" }>, bytes: number): void {
    if (judgement.kind === "ignored") return this.#count("ignored");
    const { alert } = judgement;
    this.#lastStamp = alert.identity.stamp;
    this.#parts.nodes.noteOrigin(alert.identity.origin, this.#parts.now());
    this.read += 1;
    this.#tally.read += 1;
    this.#tally.alerts.push(alert);
    this.#alertBytes += bytes;
    const { alerts, alertBytes } = this.#parts.limits;
    if (this.#tally.alerts.length >= alerts || this.#alertBytes >= alertBytes) this.#cut();
  }

  #lastLineAt(): Instant | null {
    const ofLine = this.#last === null ? null : stampOf(this.#bytes, this.#last[0]);
    return ofLine ?? (this.#lastStamp === null ? null : instantOf(this.#lastStamp));
  }

  #count(fate: "ignored" | "malformed"): void {
    this.read += 1;
    this.#tally.read += 1;
    this.#tally[fate] += 1;
  }

  #refuse(line: number, why: Why, says: string, [start, end]: Piece): void {
    this.#count("malformed");
    if (this.#refused.length < REFUSED_TOLD) this.#refused.push({ line, why: says });
    const { quarantine } = this.#tally;
    // A little more than is kept, so that the last character is not cut in two here.
    const raw = this.#bytes.toString("utf8", start, Math.min(end, start + QUARANTINE_LINE_BYTES + 3));
    quarantine.push({ why, raw: keptOfLine(raw) });
    if (quarantine.length > QUARANTINE_ROWS) quarantine.shift();
  }

  #cut(): void {
    if (this.#tally.read === 0 && this.#tallies.length > 0) return;
    this.#tallies.push(this.#tally);
    this.#tally = newTally();
    this.#alertBytes = 0;
  }
}

interface OpenTally {
  read: number;
  ignored: number;
  malformed: number;
  readonly quarantine: AcceptInput["quarantine"][number][];
  readonly alerts: KeptAlert[];
}

function newTally(): OpenTally {
  return { read: 0, ignored: 0, malformed: 0, quarantine: [], alerts: [] };
}
