import type { Response, ResponseState, Stop } from "../core/response.ts";
import { RESPOND_STOP, RESPONSE } from "./columns.ts";
import { responseOf, stopOf } from "./respond-rows.ts";
import { columnsOf, oneOf, only, sql, where, type Ask } from "./sql.ts";

export interface ResponseFilter {
  /** `waiting`: for a person's yes; `live`: something may yet have to be done, or be in force. */
  readonly show: "waiting" | "live" | "all";
  readonly incident?: number | undefined;
  /** Only those with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

const OVER: readonly ResponseState[] = ["advised", "refused", "failed", "lifted"];

export class RespondQueries {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  responses(filter: ResponseFilter): Promise<readonly Response[]> {
    return responses(this.#ask, filter);
  }
  response(id: number): Promise<Response | null> {
    return response(this.#ask, id);
  }
  stop(): Promise<Stop | null> {
    return respondStop(this.#ask);
  }
  counts(): Promise<ResponseCounts> {
    return responseCounts(this.#ask);
  }
}

/** Newest first. */
async function responses(ask: Ask, { show, incident, before, limit }: ResponseFilter): Promise<readonly Response[]> {
  const those = where(
    show === "waiting" && sql`state = 'held'`,
    show === "live" && sql`state NOT IN ${oneOf(OVER)}`,
    incident !== undefined && sql`incident = ${incident}`,
    before !== undefined && sql`id < ${before}`,
  );
  const rows = await ask(sql`SELECT ${columnsOf(RESPONSE)} FROM response ${those} ORDER BY id DESC LIMIT ${limit}`);
  return rows.map(responseOf);
}

async function response(ask: Ask, id: number): Promise<Response | null> {
  const found = sql`SELECT ${columnsOf(RESPONSE)} FROM response WHERE id = ${id}`;
  return only(await ask(found), responseOf);
}

/** Null: responses are not stopped. */
async function respondStop(ask: Ask): Promise<Stop | null> {
  const found = sql`SELECT ${columnsOf(RESPOND_STOP)} FROM respond_stop`;
  return only(await ask(found), stopOf);
}

export type ResponseCounts = Readonly<Partial<Record<ResponseState, number>>>;

async function responseCounts(ask: Ask): Promise<ResponseCounts> {
  const found = await ask(sql`SELECT state, count(*) FROM response GROUP BY state`);
  return Object.fromEntries(found as readonly [ResponseState, number][]);
}
