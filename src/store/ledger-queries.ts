// The ledger from its newest alerts back, a piece at a time in the order of its key: an index by age or by incident is
// one that every alert would have to pay for.
import type { AlertIdentity } from "../core/alert.ts";
import type { AlertRow, Disposition } from "../core/change.ts";
import type { Incident } from "../core/incident.ts";
import type { Instant } from "../core/time.ts";
import type { FilledWindow } from "../core/window.ts";
import { ALERT, namesOf, WINDOW_FILLED } from "./columns.ts";
import { alertOf } from "./rows.ts";
import { columnsOf, oneOf, sql, where, type Ask } from "./sql.ts";
import { fromText, toText } from "./text.ts";
import { windowFilledOf } from "./window-rows.ts";

export interface AlertFilter {
  readonly ruleId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly disposition?: Disposition | undefined;
  /** Event time. */
  readonly sinceAt?: Instant | undefined;
}

export interface AlertQuery {
  readonly origin: string;
  /** Those before this one, by id; null: from the greatest id on. */
  readonly before: AlertIdentity | null;
  /** How many are looked at. */
  readonly limit: number;
}

/** What was found among those looked at. */
export interface AlertPiece {
  /** The greatest id first, which is the newest first where ids go by time. */
  readonly rows: readonly AlertRow[];
  readonly lookedAt: number;
  /** The ids of all that were looked at begin with when they were given. */
  readonly isByTime: boolean;
  /** The last of those looked at; null: there were no more. */
  readonly last: Pick<AlertRow, "identity" | "at"> | null;
}

export class LedgerQueries {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  origins(limit: number): Promise<readonly string[]> {
    return alertOrigins(this.#ask, limit);
  }
  before(query: AlertQuery, filter: AlertFilter): Promise<AlertPiece> {
    return alertsBefore(this.#ask, query, filter);
  }
  withId(nativeId: string, query: { readonly origins: readonly string[]; readonly limit: number }) {
    return alertsWithId(this.#ask, nativeId, query);
  }
  /** The windows of its policy that the incident took, the newest first. */
  windowsOf(incident: Pick<Incident, "id" | "policy">, limit: number): Promise<readonly FilledWindow[]> {
    return windowsOf(this.#ask, incident, limit);
  }
}

/** From where there are alerts: as many nodes as the cluster has, and what Riposte says of itself. */
async function alertOrigins(ask: Ask, limit: number): Promise<readonly string[]> {
  const origins: string[] = [];
  while (origins.length < limit) {
    const known = origins.at(-1);
    const others = where(known !== undefined && sql`origin > ${toText(known)}`);
    const [row] = await ask(sql`SELECT origin FROM alert ${others} ORDER BY origin LIMIT 1`);
    if (row === undefined) break;
    origins.push(fromText(row[0] as string));
  }
  return origins;
}

/** Wazuh 4's ids. A document's id, as findings of Wazuh 5 have it, or a sum of the line says nothing of when. */
const ID_BY_TIME = /^\d{10}\.\d+$/;

const ID = namesOf(ALERT).indexOf("native_id");
const RULE = namesOf(ALERT).indexOf("rule_id");
const AT = namesOf(ALERT).indexOf("at");
const AGENT = namesOf(ALERT).indexOf("agent_id");
const DISPOSITION = namesOf(ALERT).indexOf("disposition");

async function alertsBefore(
  ask: Ask,
  { origin, before, limit }: AlertQuery,
  { ruleId, agentId, disposition, sinceAt }: AlertFilter,
): Promise<AlertPiece> {
  const those = where(
    sql`origin = ${toText(origin)}`,
    before !== null &&
      sql`(native_id, stamp, rule_id) < (${toText(before.nativeId)}, ${toText(before.stamp)}, ${toText(before.ruleId)})`,
  );
  const found = await ask(sql`SELECT ${columnsOf(ALERT)} FROM alert ${those}
    ORDER BY native_id DESC, stamp DESC, rule_id DESC LIMIT ${limit}`);
  // Most are passed by, and what a row means costs more than looking whether it is one of those asked for.
  const wanted = found.filter(
    (row) =>
      (ruleId === undefined || row[RULE] === toText(ruleId)) &&
      (agentId === undefined || row[AGENT] === toText(agentId)) &&
      (disposition === undefined || row[DISPOSITION] === disposition) &&
      (sinceAt === undefined || Number(row[AT]) >= sinceAt),
  );
  const last = found.length < limit ? null : alertOf(found.at(-1)!);
  const isByTime = found.every((row) => ID_BY_TIME.test(row[ID] as string));
  return { rows: wanted.map(alertOf), lookedAt: found.length, isByTime, last };
}

/** Those with this id, of whichever node. */
async function alertsWithId(
  ask: Ask,
  nativeId: string,
  { origins, limit }: { readonly origins: readonly string[]; readonly limit: number },
): Promise<readonly AlertRow[]> {
  const those = where(sql`origin IN ${oneOf(origins.map(toText))}`, sql`native_id = ${toText(nativeId)}`);
  const found = sql`SELECT ${columnsOf(ALERT)} FROM alert ${those} ORDER BY origin, stamp, rule_id LIMIT ${limit}`;
  return (await ask(found)).map(alertOf);
}

async function windowsOf(
  ask: Ask,
  { id, policy }: Pick<Incident, "id" | "policy">,
  limit: number,
): Promise<readonly FilledWindow[]> {
  const found = sql`SELECT ${columnsOf(WINDOW_FILLED)} FROM window_filled
    WHERE policy = ${toText(policy)} AND incident = ${id} ORDER BY n DESC LIMIT ${limit}`;
  return (await ask(found)).map(windowFilledOf);
}
