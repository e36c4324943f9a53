import type { Response, Sighting, Stop } from "../core/response.ts";
import type { Cell } from "./columns.ts";
import type { Row } from "./rows.ts";
import { fromText, fromTextOrNull, toText, toTextOrNull } from "./text.ts";
import { fromJson, toJson, type VersionedJson } from "./versioned-json.ts";

const RESPONSE_BODY: VersionedJson = { name: "response", upcasts: [] };

export function responseOf(row: Row): Response {
  return fromJson<Response>(RESPONSE_BODY, fromText(row.at(-1) as string));
}

export function sightingOf([kind, address, agentId, user, firstAt, lastAt]: Row): Sighting {
  return {
    kind: kind as Sighting["kind"],
    address: fromText(address as string),
    agentId: fromText(agentId as string),
    user: fromText(user as string),
    firstAt: firstAt as number,
    lastAt: lastAt as number,
  };
}

/** Null: responses are not stopped. */
export function stopOf([, at, who, why]: Row): Stop | null {
  return at === null
    ? null
    : { at: at as number, who: fromText(who as string), why: fromTextOrNull(why as string | null) };
}

export function responseCells(row: Response): Cell[] {
  return [
    row.id,
    row.token,
    row.incident,
    row.state,
    row.terms.do,
    toText(row.agent.id),
    row.target.kind,
    toText(row.target.name),
    row.at,
    row.countedAt,
    row.dueAt,
    toText(toJson(RESPONSE_BODY, row)),
  ];
}

export function sightingCells({ kind, address, agentId, user, firstAt, lastAt }: Sighting): Cell[] {
  return [kind, toText(address), toText(agentId), toText(user), firstAt, lastAt];
}

export function stopCells({ stop }: { readonly stop: Stop | null }): Cell[] {
  return [1, stop?.at ?? null, toText(stop?.who ?? ""), toTextOrNull(stop?.why ?? null)];
}
