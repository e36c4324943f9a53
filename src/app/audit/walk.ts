import type { Seal } from "../../core/audit-seal.ts";
import type { AuditRow } from "../../core/change.ts";
import type { Reader } from "../../store/queries.ts";

const PIECE = 1_000;

/** All rows that are there, in their order, and never more than a piece of them in memory. */
export async function* rowsOf({ auditing }: Pick<Reader, "auditing">): AsyncGenerator<AuditRow> {
  for (let after = 0; ;) {
    const rows = await auditing.rowsAfter(after, PIECE);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PIECE) return;
    after = last.id;
  }
}

export async function* sealsOf({ auditing }: Pick<Reader, "auditing">): AsyncGenerator<Seal> {
  for (let after = 0; ;) {
    const seals = await auditing.sealsAfter(after, PIECE);
    yield* seals;
    const last = seals.at(-1);
    if (last === undefined || seals.length < PIECE) return;
    after = last.segment;
  }
}
