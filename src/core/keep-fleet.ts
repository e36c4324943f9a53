import type { FleetNews } from "./agent-facts.ts";
import type { View } from "./view.ts";

/** What the API says of agents is kept, so that a restart knows it before anybody asked again. */
export function keepFleet(view: View, { agents, gone, lookedAt }: FleetNews): void {
  for (const row of agents) view.add({ table: "agent", row });
  for (const id of gone) view.add({ table: "agent_gone", id });
  if (lookedAt !== null) view.add({ table: "fleet", row: { lookedAt } });
}
