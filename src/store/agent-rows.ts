import type { DatabaseSync } from "node:sqlite";
import type { AgentRow } from "../core/agent-facts.ts";
import type { Change, FleetRow } from "../core/change.ts";
import { AGENT, FLEET, namesOf, upsert, type Cell } from "./columns.ts";
import type { Row } from "./rows.ts";
import { columnsOf, sql, type Ask } from "./sql.ts";
import { fromText, toText } from "./text.ts";
import { fromJson, toJson, type VersionedJson } from "./versioned-json.ts";

const AGENT_BODY: VersionedJson = { name: "facts of an agent", upcasts: [] };

export function agentCells(row: AgentRow): Cell[] {
  const { id, ...body } = row;
  return [toText(id), toText(toJson(AGENT_BODY, body))];
}

function agentOf([id, body]: Row): AgentRow {
  return { id: fromText(id as string), ...fromJson<Omit<AgentRow, "id">>(AGENT_BODY, fromText(body as string)) };
}

export function fleetCells({ lookedAt }: FleetRow): Cell[] {
  return [1, lookedAt];
}

/** Prepares what is kept of agents. */
export function prepareKeepAgents(
  db: DatabaseSync,
): (change: Extract<Change, { table: "agent" | "agent_gone" | "fleet" }>) => void {
  const put = db.prepare(upsert("agent", AGENT, "agent_id"));
  const remove = db.prepare("DELETE FROM agent WHERE agent_id = ?");
  const putFleet = db.prepare(upsert("fleet", FLEET, "one"));
  return (change) => {
    switch (change.table) {
      case "agent":
        return void put.run(...agentCells(change.row));
      case "agent_gone":
        return void remove.run(toText(change.id));
      case "fleet":
        return void putFleet.run(...fleetCells(change.row));
    }
  };
}

/** All that is known of agents, and when that was so; null: nobody ever looked. */
export interface FleetFound {
  readonly lookedAt: number | null;
  readonly agents: readonly AgentRow[];
}

export async function fleetIn(ask: Ask): Promise<FleetFound> {
  const [looked] = await ask(sql`SELECT ${columnsOf(FLEET)} FROM fleet`);
  const agents = await ask(sql`SELECT ${columnsOf(AGENT)} FROM agent ORDER BY agent_id`);
  return {
    lookedAt: (looked?.[namesOf(FLEET).indexOf("looked_at")] as number | undefined) ?? null,
    agents: agents.map(agentOf),
  };
}
