import type { AuditFault } from "../../core/audit-verify.ts";
import type { Reader } from "../../store/queries.ts";
import { fieldsOf } from "./fields-of.ts";
import { rowsOf } from "./walk.ts";

const PIECE = 500;

/**
 * Whether what the database says of responses is what the audit says: each row of a response that is chained says what
 * the response was before it and what it became, and the last of them what it is.
 */
export async function responsesDiffer(reader: Reader): Promise<AuditFault | null> {
  const last = new Map<number, { readonly is: string; readonly row: number }>();
  for await (const { id, response, detail } of rowsOf(reader)) {
    if (response === undefined || detail === undefined) continue;
    const { was, is } = fieldsOf<{ readonly was: string | null; readonly is: string }>(detail);
    if (is === undefined) continue;
    const before = last.get(response);
    if (before !== undefined && before.is !== was)
      return fault(id, `row ${id} says that R${response} was ${was}, and row ${before.row} that it was ${before.is}`);
    last.set(response, { is, row: id });
  }
  for (let before: number | undefined; ;) {
    const found = await reader.responding.responses({ show: "all", before, limit: PIECE });
    for (const { id, state } of found) {
      const audited = last.get(id);
      if (audited !== undefined && audited.is !== state)
        return fault(audited.row, `R${id} is ${state}, and the audit says that it became ${audited.is}`);
    }
    before = found.at(-1)?.id;
    if (found.length < PIECE) return null;
  }
}

function fault(row: number, says: string): AuditFault {
  return { segment: null, row, says };
}
