import type { DatabaseSync } from "node:sqlite";
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
import type { Response, TargetKey } from "../core/response.ts";
import { RESPONSE, RESPOND_STOP, SIGHTING } from "./columns.ts";
import { responseOf, sightingOf, stopOf } from "./respond-rows.ts";
import type { Row } from "./rows.ts";
import { AT_MOST, prepareSelect, type Select } from "./select.ts";
import { toText } from "./text.ts";

/** A clock that was set back shows by rows that changed in its future: they are brought as well. */
export const CLOCK_SLACK_MS = 5_000;

export const RESPOND_SQL = {
  lastId: "SELECT coalesce(max(id), 0) FROM response",
  stop: `SELECT ${RESPOND_STOP} FROM respond_stop WHERE id = 1`,
  byId: `SELECT ${RESPONSE} FROM response WHERE id = ?`,
  byToken: `SELECT ${RESPONSE} FROM response WHERE token = ?`,
  byTarget: `SELECT ${RESPONSE} FROM response
    WHERE agent_id = ? AND action = ? AND target_kind = ? AND target = ? ORDER BY id DESC ${AT_MOST}`,
  waiting: `SELECT ${RESPONSE} FROM response WHERE state IN ('planned', 'held', 'allowed') ORDER BY id ${AT_MOST}`,
  counted: `SELECT ${RESPONSE} FROM response WHERE counted_at IS NOT NULL ORDER BY counted_at DESC ${AT_MOST}`,
  due: `SELECT ${RESPONSE} FROM response
    WHERE due_at IS NOT NULL AND (due_at <= ? OR at > ?) ORDER BY due_at, id ${AT_MOST}`,
  anyDue: "SELECT 1 FROM response WHERE due_at IS NOT NULL LIMIT 1",
  sightings: `SELECT ${SIGHTING} FROM sighting WHERE address = ? ORDER BY last_at DESC ${AT_MOST}`,
} as const;

/** Answers what a turn asks about responses. Run it inside one transaction. */
export class RespondFactReader {
  readonly #ask: Readonly<Record<keyof typeof RESPOND_SQL, Select>>;

  constructor(db: DatabaseSync) {
    const prepared = Object.entries(RESPOND_SQL).map(([name, sql]) => [name, prepareSelect(db, sql)]);
    this.#ask = Object.fromEntries(prepared) as Record<keyof typeof RESPOND_SQL, Select>;
  }

  read(need: RespondNeed): RespondFacts {
    const { ids, tokens, targets, addresses, isJudging, isWaiting, dueBefore } = need;
    const ask = this.#ask;
    const of = (rows: readonly Row[]): readonly Response[] => rows.map(responseOf);
    const due = dueBefore === null ? [] : of(ask.due.all(dueBefore, dueBefore + CLOCK_SLACK_MS, DUE_RESPONSES_A_TURN));
    const named = [
      ...[...ids].flatMap((id) => of(ask.byId.all(id))),
      ...[...tokens].flatMap((token) => of(ask.byToken.all(token))),
      ...due,
    ];
    const asked = new Map(targets);
    if (isJudging) for (const response of named) asked.set(keyOfResponse(response), keyOfTargetOf(response));
    const places = new Set(addresses);
    if (isJudging) for (const { target } of named) if (target.kind === "address") places.add(target.name);
    const recent = isJudging ? of([...ask.counted.all(COUNTED_MOST), ...ask.waiting.all(COUNTED_MOST)]) : [];
    const about = [
      ...named,
      ...[...asked.values()].flatMap(({ action, agentId, target }) =>
        of(ask.byTarget.all(toText(agentId), action, target.kind, toText(target.name), RESPONSES_A_TARGET)),
      ),
      ...(isWaiting ? of(ask.waiting.all(WAITING_A_TURN)) : []),
    ];
    const responses = [...about, ...recent];
    const [lastId = 0] = ask.lastId.get() as readonly number[];
    const stop = ask.stop.get();
    return {
      lastId,
      stop: stop === undefined ? null : stopOf(stop),
      responses: [...new Map(responses.map((response) => [response.id, response])).values()],
      due: due.map(({ id }) => id),
      hasLive: dueBefore !== null && ask.anyDue.get() !== undefined,
      about: about.map(({ id }) => id),
      recent: recent.map(({ id }) => id),
      sightings: [...places].flatMap((address) =>
        ask.sightings.all(toText(address), SIGHTINGS_AN_ADDRESS).map(sightingOf),
      ),
    };
  }
}

export function keyOfTargetOf({ terms, agent, target }: Response): TargetKey {
  return { action: terms.do, agentId: agent.id, target };
}

export function judgedIn(found: RespondFacts | undefined): readonly Response[] {
  const about = new Set(found?.about);
  return (found?.responses ?? []).filter(({ id }) => about.has(id));
}
