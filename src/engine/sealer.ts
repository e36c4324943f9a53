import { sha256 } from "../core/sha256.ts";
import { differingRow, nextSeal, SEAL_AFTER_MS, sealLine, SEGMENT_ROWS, type Seal } from "../core/audit-seal.ts";
import type { AuditRow } from "../core/change.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { WriterDoor } from "./door.ts";

/** Signs seals, so that whoever has the database alone can't make another chain of them. */
export interface Signer {
  /** By which its signatures name it. */
  readonly key: string;
  sign(line: string): string;
}

/** The audit as others than the Writer read it. */
export interface SealedRows {
  head(): Promise<{ readonly install: string; readonly lastId: number }>;
  lastSeal(): Promise<Seal | null>;
  rowsAfter(id: number, limit: number): Promise<readonly AuditRow[]>;
}

export interface SealerOptions {
  readonly door: Pick<WriterDoor, "submit">;
  readonly clock: Clock;
  readonly audit: () => SealedRows;
  /** Null: the config names no key. A text: why there is none now, and nothing is sealed until there is. */
  readonly signer: () => Promise<Signer | string | null>;
  readonly sealed: (seal: Seal) => void;
  /** A row that waits for its seal is not what was written. */
  readonly differs: (row: number) => void;
  /** Null: it can sign again. */
  readonly unsigned: (why: string | null) => void;
  readonly failed: (error: unknown) => void;
  readonly afterMs?: number;
}

const LOOK_MS = 30 * SECOND_MS;

/**
 * Seals the audit a stretch at a time, when its rows have waited long enough. The rows are chained since the commit
 * that wrote them: who dies before a seal is one costs nothing, the next life makes it.
 */
export class Sealer {
  readonly #options: SealerOptions;
  #running: Promise<void> = Promise.resolve();
  #sealedTo = -1;
  #saidWhy: string | null = null;
  #saidRow = 0;
  #noted: string | null = null;
  #stopped = false;
  #cancel: () => void = () => {};

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.#running = this.look()
        .catch((error: unknown) => this.#options.failed(error))
        .then(() => this.start());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  /** Seals what is to be sealed by now. */
  async look(): Promise<void> {
    const { audit, clock, afterMs = SEAL_AFTER_MS } = this.#options;
    const rows = audit();
    for (;;) {
      const signer = await this.#signer();
      const { install, lastId } = await rows.head();
      if (this.#stopped || signer === undefined) return;
      const last = signer !== null || lastId !== this.#sealedTo ? await rows.lastSeal() : null;
      if (signer !== null) await this.#noteKey(signer.key, last);
      if (lastId === this.#sealedTo) return;
      const waiting = await rows.rowsAfter(last?.lastId ?? 0, SEGMENT_ROWS);
      const text = nextSeal(last, waiting, clock.now(), afterMs);
      this.#tellDiffering(differingRow(last, waiting));
      if (text === null || this.#stopped) {
        if (waiting.length === 0) this.#sealedTo = lastId;
        return;
      }
      const line = sealLine(text, install);
      const signed = { key: signer?.key ?? null, signature: signer?.sign(line) ?? null };
      const seal: Seal = { ...text, hash: sha256(line), ...signed };
      const { refused } = await this.#options.door.submit({ kind: "seal", seal });
      // Somebody was quicker, or the rows are others now: what is there then is looked at again.
      if (refused !== null && refused !== undefined) throw new Error(`the audit was not sealed: ${refused}`);
      this.#options.sealed(seal);
    }
  }

  /** Undefined: there is to be one, and it can't be had now. */
  async #signer(): Promise<Signer | null | undefined> {
    const signer = await this.#options.signer();
    const why = typeof signer === "string" ? signer : null;
    if (why !== this.#saidWhy) this.#options.unsigned(why);
    this.#saidWhy = why;
    return typeof signer === "string" ? undefined : signer;
  }

  /** That another key signs from now on is a row, so that there is something for it to sign. */
  async #noteKey(key: string, last: Seal | null): Promise<void> {
    if (last === null || last.key === key || this.#noted === key) return;
    this.#noted = key;
    await this.#options.door.submit({ kind: "note", who: "riposte", what: "audit_key", about: key });
    this.#sealedTo = -1;
  }

  #tellDiffering(row: number | null): void {
    if (row === null || row === this.#saidRow) return;
    this.#saidRow = row;
    this.#options.differs(row);
  }
}
