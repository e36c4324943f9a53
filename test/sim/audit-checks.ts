import { createHash } from "node:crypto";
import type { AuditRow, Change } from "../../src/core/change.ts";
import type { Response } from "../../src/core/response.ts";
import { hold } from "./checks.ts";
import type { Rows } from "./rows.ts";

interface StoredRow {
  readonly id: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly about: string;
  readonly incident: number | null;
  readonly response: number | null;
  readonly detail: string | null;
  readonly hash: string | null;
}

interface StoredSeal {
  readonly segment: number;
  readonly first_id: number;
  readonly last_id: number;
  readonly rows_hash: string;
  readonly previous: string;
  readonly hash: string;
}

/** What was committed of the audit, over all lives: nothing else is there at the end, and none of it is gone or other. */
export class Ledger {
  readonly #written: string[] = [];

  committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.table === "audit") this.#written.push(wordsOf(change.row));
    }
  }

  /** 13: each row once, as it was committed, behind the one before, and in the segment that has it. */
  check(rows: Rows): number {
    const stored = rows.all<StoredRow>("SELECT * FROM audit ORDER BY id");
    hold(
      13,
      stored.length === this.#written.length,
      () => `${stored.length} rows, and ${this.#written.length} written`,
    );
    let before = "";
    for (const [i, row] of stored.entries()) {
      const { id, at, who, what, about, incident, response, detail, hash } = row;
      hold(13, id === i + 1, () => `row ${i + 1} is ${id}`);
      hold(13, wordsOf(row) === this.#written[i], () => `row ${id} is ${wordsOf(row)}, and was ${this.#written[i]}`);
      const line = JSON.stringify({ id, at, who, what, about, incident, response, detail, before });
      hold(13, hash === sha256(line), () => `row ${id} does not follow the one before`);
      before = hash ?? "";
    }
    const [meta] = rows.all<{ audit_head: string; install: string }>("SELECT audit_head, install FROM meta");
    hold(13, meta?.audit_head === before, () => "the head is not the hash of the last row");
    const seals = rows.all<StoredSeal>("SELECT * FROM seal ORDER BY segment");
    let [lastId, previous] = [0, ""];
    for (const [i, seal] of seals.entries()) {
      const own = stored.filter(({ id }) => id >= seal.first_id && id <= seal.last_id);
      const manifest = own.map(({ id, hash }) => `${id} ${hash}\n`).join("");
      hold(13, seal.segment === i + 1 && seal.first_id === lastId + 1, () => `segment ${seal.segment} is not the next`);
      hold(13, seal.previous === previous, () => `seal ${seal.segment} does not follow the one before`);
      hold(13, seal.rows_hash === sha256(manifest), () => `segment ${seal.segment} has other rows than it sealed`);
      [lastId, previous] = [seal.last_id, seal.hash];
    }
    hold(13, lastId === stored.length, () => `${stored.length - lastId} rows are not sealed at quiet`);
    return seals.length;
  }
}

function wordsOf({ id, at, who, what, about, detail }: StoredRow | AuditRow): string {
  return JSON.stringify([id, at, who, what, about, detail ?? null]);
}

/** 13: what became of a response stands in the audit, each step once and in its order. */
export function checkDecisions(rows: readonly AuditRow[], responses: Iterable<Response>): void {
  const told = new Map<number, string | null>();
  for (const { id, response, detail, incident } of rows) {
    if (response === undefined || detail === undefined) continue;
    const { was, is } = JSON.parse(detail) as { was?: string | null; is?: string };
    if (is === undefined || was === undefined) continue;
    const before = told.get(response) ?? null;
    hold(13, before === was && was !== is, () => `row ${id}: R${response} was ${was}, and the audit has ${before}`);
    hold(13, incident !== undefined, () => `row ${id} is of no incident`);
    told.set(response, is);
  }
  for (const { id, state } of responses)
    hold(13, told.get(id) === state, () => `R${id} is ${state}, and the audit has ${told.get(id)}`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
