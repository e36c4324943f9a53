import type { Kysely } from "kysely";
import type { Response, ResponseState, Stop } from "../core/response.ts";
import * as columns from "./columns.ts";
import { namesOf } from "./columns.ts";
import { responseOf, stopOf } from "./respond-rows.ts";
import { readAll, type Tables } from "./tables.ts";

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
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  responses(filter: ResponseFilter): Promise<readonly Response[]> {
    return responses(this.#db, filter);
  }
  response(id: number): Promise<Response | null> {
    return response(this.#db, id);
  }
  stop(): Promise<Stop | null> {
    return respondStop(this.#db);
  }
  counts(): Promise<ResponseCounts> {
    return responseCounts(this.#db);
  }
}

/** Newest first. */
async function responses(db: Kysely<Tables>, filter: ResponseFilter): Promise<readonly Response[]> {
  const { show, incident, before, limit } = filter;
  let query = db.selectFrom("response").select(namesOf(columns.RESPONSE)).orderBy("id", "desc").limit(limit);
  if (show === "waiting") query = query.where("state", "=", "held");
  if (show === "live") query = query.where("state", "not in", [...OVER]);
  if (incident !== undefined) query = query.where("incident", "=", incident);
  if (before !== undefined) query = query.where("id", "<", before);
  return readAll(columns.RESPONSE, await query.execute(), responseOf);
}

async function response(db: Kysely<Tables>, id: number): Promise<Response | null> {
  const query = db.selectFrom("response").select(namesOf(columns.RESPONSE)).where("id", "=", id);
  return readAll(columns.RESPONSE, await query.execute(), responseOf)[0] ?? null;
}

/** Null: responses are not stopped. */
async function respondStop(db: Kysely<Tables>): Promise<Stop | null> {
  const query = db.selectFrom("respond_stop").select(namesOf(columns.RESPOND_STOP));
  return readAll(columns.RESPOND_STOP, await query.execute(), stopOf)[0] ?? null;
}

export type ResponseCounts = Readonly<Partial<Record<ResponseState, number>>>;

async function responseCounts(db: Kysely<Tables>): Promise<ResponseCounts> {
  const found = await db
    .selectFrom("response")
    .select((eb) => ["state", eb.fn.countAll<number>().as("count")])
    .groupBy("state")
    .execute();
  return Object.fromEntries(found.map(({ state, count }) => [state as ResponseState, Number(count)]));
}
