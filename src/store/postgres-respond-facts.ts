import { DUE_RESPONSES_A_TURN } from "../core/respond.ts";
import {
  keyOfResponse,
  RESPONSES_A_TARGET,
  SIGHTINGS_AN_ADDRESS,
  WAITING_A_TURN,
  type RespondFacts,
  type RespondNeed,
} from "../core/respond-need.ts";
import { COUNTED_MOST } from "../core/response-limit.ts";
import type { Response } from "../core/response.ts";
import { RESPONSE, RESPOND_STOP, SIGHTING } from "./columns.ts";
import { all, type PostgresSession, type Question } from "./postgres-session.ts";
import { numberArray, textArray } from "./postgres-values.ts";
import { CLOCK_SLACK_MS, keyOfTargetOf } from "./respond-facts.ts";
import { responseOf, sightingOf, stopOf } from "./respond-rows.ts";
import type { Row } from "./rows.ts";
import { toText } from "./text.ts";

/** As SQLite's (respond-facts.ts): each is one statement, however long its list. */
export const POSTGRES_RESPOND_SQL = {
  lastResponse: "SELECT coalesce(max(id), 0) FROM response",
  respondStop: `SELECT ${RESPOND_STOP} FROM respond_stop WHERE id = 1`,
  responsesById: `SELECT ${RESPONSE} FROM response WHERE id = ANY($1::bigint[]) ORDER BY id`,
  responsesByToken: `SELECT ${RESPONSE} FROM response WHERE token = ANY($1::text[]) ORDER BY id`,
  responsesByTarget: `SELECT newest.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS asked(agent_id, action, target_kind, target)
    CROSS JOIN LATERAL (
      SELECT ${RESPONSE} FROM response
      WHERE response.agent_id = asked.agent_id AND response.action = asked.action
        AND response.target_kind = asked.target_kind AND response.target = asked.target
      ORDER BY id DESC LIMIT $5
    ) AS newest`,
  responsesWaiting: `SELECT ${RESPONSE} FROM response
    WHERE state IN ('planned', 'held', 'allowed') ORDER BY id LIMIT $1`,
  responsesCounted: `SELECT ${RESPONSE} FROM response
    WHERE counted_at IS NOT NULL ORDER BY counted_at DESC, id DESC LIMIT $1`,
  responsesDue: `SELECT ${RESPONSE} FROM response
    WHERE due_at IS NOT NULL AND (due_at <= $1 OR at > $2) ORDER BY due_at, id LIMIT $3`,
  anyResponseDue: "SELECT 1 FROM response WHERE due_at IS NOT NULL LIMIT 1",
  sightings: `SELECT newest.* FROM unnest($1::text[]) AS asked(address)
    CROSS JOIN LATERAL (
      SELECT ${SIGHTING} FROM sighting WHERE sighting.address = asked.address ORDER BY last_at DESC LIMIT $2
    ) AS newest`,
} as const;

export async function readRespondFacts(session: PostgresSession, need: RespondNeed): Promise<RespondFacts> {
  const { ids, tokens, targets, addresses, isJudging, isWaiting, dueBefore } = need;
  const none = Promise.resolve<Row[]>([]);
  const ask = (name: keyof typeof POSTGRES_RESPOND_SQL, ...values: Question["values"]): Promise<Row[]> =>
    session.ask({ name, text: POSTGRES_RESPOND_SQL[name], values });
  const [last, stop, byId, byToken, dueRows, anyDue, counted, waiting] = await all([
    ask("lastResponse"),
    ask("respondStop"),
    ids.size === 0 ? none : ask("responsesById", numberArray([...ids])),
    tokens.size === 0 ? none : ask("responsesByToken", textArray([...tokens])),
    dueBefore === null ? none : ask("responsesDue", dueBefore, dueBefore + CLOCK_SLACK_MS, DUE_RESPONSES_A_TURN),
    dueBefore === null ? none : ask("anyResponseDue"),
    isJudging ? ask("responsesCounted", COUNTED_MOST) : none,
    isJudging || isWaiting ? ask("responsesWaiting", isWaiting ? WAITING_A_TURN : COUNTED_MOST) : none,
  ]);
  const due = dueRows.map(responseOf);
  const named: readonly Response[] = [...byId.map(responseOf), ...byToken.map(responseOf), ...due];
  const asked = new Map(targets);
  if (isJudging) for (const response of named) asked.set(keyOfResponse(response), keyOfTargetOf(response));
  const places = new Set(addresses);
  if (isJudging) for (const { target } of named) if (target.kind === "address") places.add(target.name);
  const keys = [...asked.values()];
  const column = (of: (key: (typeof keys)[number]) => string): string => textArray(keys.map((key) => toText(of(key))));
  const [same, sightings] = await all([
    keys.length === 0
      ? none
      : ask(
          "responsesByTarget",
          column(({ agentId }) => agentId),
          column(({ action }) => action),
          column(({ target }) => target.kind),
          column(({ target }) => target.name),
          RESPONSES_A_TARGET,
        ),
    places.size === 0 ? none : ask("sightings", textArray([...places].map(toText)), SIGHTINGS_AN_ADDRESS),
  ]);
  const recent = isJudging ? [...counted, ...waiting].map(responseOf) : [];
  const about = [...named, ...same.map(responseOf), ...(isWaiting ? waiting.map(responseOf) : [])];
  const responses = [...about, ...recent];
  const [[lastId] = [0]] = last;
  return {
    lastId: Number(lastId),
    stop: stop[0] === undefined ? null : stopOf(stop[0]),
    responses: [...new Map(responses.map((response) => [response.id, response])).values()],
    due: due.map(({ id }) => id),
    hasLive: anyDue.length > 0,
    about: about.map(({ id }) => id),
    recent: recent.map(({ id }) => id),
    sightings: sightings.map(sightingOf),
  };
}
