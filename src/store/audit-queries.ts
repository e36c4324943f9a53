import type { Seal } from "../core/audit-seal.ts";
import type { AuditRow } from "../core/change.ts";
import { auditOf, sealOf } from "./audit-rows.ts";
import { AUDIT, SEAL } from "./columns.ts";
import { columnsOf, only, sql, where, type Ask } from "./sql.ts";

/** What the database says of its audit beside the rows. */
export interface AuditHead {
  readonly install: string;
  readonly lastId: number;
  /** Empty: no row was chained yet. */
  readonly head: string;
}

export interface AuditPage {
  /** Only those that are older than this row. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** The audit as it is verified and exported: in its order, a piece at a time. */
export class AuditQueries {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async head(): Promise<AuditHead> {
    const [found] = await this.#ask(sql`SELECT install, audit, audit_head FROM meta`);
    const [install, lastId, head] = found ?? [];
    return { install: String(install), lastId: Number(lastId), head: String(head) };
  }

  async newest({ before, limit }: AuditPage): Promise<readonly AuditRow[]> {
    const those = where(before !== undefined && sql`id < ${before}`);
    const found = sql`SELECT ${columnsOf(AUDIT)} FROM audit ${those} ORDER BY id DESC LIMIT ${limit}`;
    return (await this.#ask(found)).map(auditOf);
  }

  async rowsAfter(id: number, limit: number): Promise<readonly AuditRow[]> {
    const found = sql`SELECT ${columnsOf(AUDIT)} FROM audit WHERE id > ${id} ORDER BY id LIMIT ${limit}`;
    return (await this.#ask(found)).map(auditOf);
  }

  async sealsAfter(segment: number, limit: number): Promise<readonly Seal[]> {
    const found = sql`SELECT ${columnsOf(SEAL)} FROM seal WHERE segment > ${segment} ORDER BY segment LIMIT ${limit}`;
    return (await this.#ask(found)).map(sealOf);
  }

  async lastSeal(): Promise<Seal | null> {
    return only(await this.#ask(sql`SELECT ${columnsOf(SEAL)} FROM seal ORDER BY segment DESC LIMIT 1`), sealOf);
  }
}
