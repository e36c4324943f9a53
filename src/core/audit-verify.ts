// Whether the audit is what was written: pure, over rows and seals in their order, with none of them kept in memory.
import { auditHash, NO_ROW } from "./audit-chain.ts";
import { sha256 } from "./sha256.ts";
import { hashOfRow, manifestOf, sealLine, type Seal } from "./audit-seal.ts";
import type { AuditRow } from "./change.ts";
import { AUDIT_LEAST_MS } from "./retention.ts";
import type { Instant } from "./time.ts";

/** The first thing that is not as it was written. */
export interface AuditFault {
  readonly segment: number | null;
  readonly row: number | null;
  readonly says: string;
}

export interface AuditVerdict {
  /** Null: all that is there is what was written, as far as can be seen from it. */
  readonly fault: AuditFault | null;
  readonly rows: number;
  readonly segments: number;
  /** Those whose rows retention took away: their seals are still held to the chain. */
  readonly gone: number;
  /** Rows behind the last seal: chained, and not yet sealed. */
  readonly unsealed: number;
  /** Rows from before rows were chained: known by their seal alone. */
  readonly foundRows: number;
  readonly signed: number;
  /** Seals that a key was given for, and hold. */
  readonly signaturesChecked: number;
  readonly lastSeal: Seal | null;
  /** The hash of the last row. */
  readonly head: string;
}

export interface VerifyTerms {
  readonly install: string;
  readonly now: Instant;
  /** The hash of the last row as the database has it apart from the rows; null: nobody knows. */
  readonly head: string | null;
  /** The number of the last row ever written; null: nobody knows. */
  readonly lastId: number | null;
  /** Whether a line was signed with this signature; null: the key is not known here. */
  readonly isSigned: (key: string, line: string, signature: string) => boolean | null;
  /** The last seal must be signed with a key that is known here: by the chain that vouches for all before it. */
  readonly mustBeSigned: boolean;
}

export interface AuditRows {
  /** In their order. */
  readonly seals: AsyncIterable<Seal>;
  readonly rows: AsyncIterable<AuditRow>;
}

/** Goes through seals and rows side by side, up to the first fault. */
export async function verifyAudit({ seals, rows }: AuditRows, terms: VerifyTerms): Promise<AuditVerdict> {
  const walk = new Walk(terms);
  const reading = rows[Symbol.asyncIterator]();
  let next = await reading.next();
  for await (const seal of seals) {
    const own: AuditRow[] = [];
    const stray = next.done !== true && next.value.id < seal.firstId ? next.value : null;
    for (; next.done !== true && next.value.id <= seal.lastId && own.length <= seal.count; next = await reading.next())
      own.push(next.value);
    walk.segment(seal, own, stray);
    if (walk.fault !== null) return walk.verdict();
  }
  for (; next.done !== true && walk.fault === null; next = await reading.next()) walk.unsealed(next.value);
  walk.end();
  return walk.verdict();
}

class Walk {
  readonly #terms: VerifyTerms;
  fault: AuditFault | null = null;
  #last: Seal | null = null;
  /** The hash of the row before. */
  #before: string = NO_ROW;
  /** Whether the row before was chained; null: it is gone, and nobody knows. */
  #isChained: boolean | null = false;
  #isLastProven = true;
  #lastId = 0;
  readonly #counts = { rows: 0, segments: 0, gone: 0, unsealed: 0, foundRows: 0, signed: 0, signaturesChecked: 0 };

  constructor(terms: VerifyTerms) {
    this.#terms = terms;
  }

  /** `stray`: a row before its first, behind the segment before. */
  segment(seal: Seal, rows: readonly AuditRow[], stray: AuditRow | null): void {
    this.#seal(seal);
    if (stray !== null)
      this.#say(seal.segment, stray.id, `row ${stray.id} is in no segment: it should have gone, or was put there`);
    if (this.fault !== null) return;
    this.#counts.segments += 1;
    if (rows.length === 0) this.#goneSegment(seal);
    else {
      for (const row of rows) this.#row(row, seal.segment);
      this.#held(seal, rows);
    }
    this.#last = seal;
    this.#lastId = seal.lastId;
    this.#before = seal.head;
  }

  unsealed(row: AuditRow): void {
    this.#row(row, null);
    if (this.fault === null) this.#counts.unsealed += 1;
  }

  end(): void {
    const { head, lastId } = this.#terms;
    const last = this.#last;
    if (lastId !== null && this.#lastId < lastId) return this.#missing(null, this.#lastId + 1, lastId);
    if (head !== null && head !== this.#before && (this.#isChained === true || head !== NO_ROW))
      return this.#say(null, this.#lastId, `row ${this.#lastId} is not the last that was written, or not as it was`);
    if (last === null || this.#isLastProven || !this.#terms.mustBeSigned) return;
    const says = last.key === null ? "is not signed" : `is signed with key ${last.key}, which was not given`;
    this.#say(last.segment, null, `the last seal, that of segment ${last.segment}, ${says}`);
  }

  verdict(): AuditVerdict {
    return { fault: this.fault, ...this.#counts, lastSeal: this.#last, head: this.#before };
  }

  #seal(seal: Seal): void {
    const { segment } = seal;
    const says = (what: string): void => this.#say(segment, null, `the seal of segment ${segment} ${what}`);
    const expected = (this.#last?.segment ?? 0) + 1;
    if (segment !== expected) return this.#say(expected, null, `the seal of segment ${expected} is missing`);
    const line = sealLine(seal, this.#terms.install);
    if (sha256(line) !== seal.hash) return says("is not as it was written");
    if (seal.previous !== (this.#last?.hash ?? "")) return says(`does not follow that of segment ${segment - 1}`);
    this.#isLastProven = false;
    if (seal.key === null || seal.signature === null) return;
    this.#counts.signed += 1;
    const isSigned = this.#terms.isSigned(seal.key, line, seal.signature);
    if (isSigned === false) return says(`has a signature that key ${seal.key} did not make`);
    if (isSigned === null) return;
    this.#counts.signaturesChecked += 1;
    this.#isLastProven = true;
  }

  #goneSegment({ segment, toAt }: Seal): void {
    if (this.#terms.now - toAt < AUDIT_LEAST_MS)
      return this.#say(
        segment,
        null,
        `the rows of segment ${segment} are missing, and too young to have gone by themselves`,
      );
    this.#counts.gone += 1;
    this.#isChained = null;
  }

  #row(row: AuditRow, segment: number | null): void {
    if (this.fault !== null) return;
    if (this.#isChained === true && row.id !== this.#lastId + 1)
      return this.#missing(segment, this.#lastId + 1, row.id - 1);
    this.#counts.rows += 1;
    this.#lastId = row.id;
    if (row.hash === undefined) {
      if (this.#isChained === true) return this.#say(segment, row.id, `row ${row.id} has lost its hash`);
      this.#counts.foundRows += 1;
      return;
    }
    const mayFollow =
      this.#isChained === false ? [NO_ROW] : [this.#before, ...(this.#isChained === null ? [NO_ROW] : [])];
    if (!mayFollow.some((before) => auditHash(row, before) === row.hash))
      return this.#say(segment, row.id, `row ${row.id} is not as it was written, or one before it is missing`);
    this.#isChained = true;
    this.#before = row.hash;
  }

  /** Each row is what the next one follows; that they are all and no more the seal knows. */
  #held({ segment, firstId, lastId, count, rows: digest, head }: Seal, rows: readonly AuditRow[]): void {
    if (this.fault !== null) return;
    const ids = rows.map(({ id }) => id);
    if (rows.length < count || ids[0] !== firstId || ids.at(-1) !== lastId) {
      const gap = ids.findIndex((id, i) => id !== firstId + i);
      const from = gap === -1 ? (ids.at(-1) ?? firstId) + 1 : firstId + gap;
      return this.#missing(segment, from, gap === -1 ? lastId : ids[gap]! - 1);
    }
    if (sha256(manifestOf(rows.map((row) => ({ id: row.id, hash: hashOfRow(row) })))) === digest) {
      if (hashOfRow(rows.at(-1)!) === head) return;
    }
    this.#say(segment, null, `the rows of segment ${segment} are not those that were sealed`);
  }

  #missing(segment: number | null, from: number, to: number): void {
    const those = from >= to ? `row ${from} is` : `rows ${from} to ${to} are`;
    this.#say(segment, from, `${those} missing`);
  }

  #say(segment: number | null, row: number | null, says: string): void {
    this.fault ??= { segment, row, says };
  }
}
