import { describe, expect, it } from "vitest";
import type { AgentRow } from "../../src/core/agent-facts.ts";
import type { Change } from "../../src/core/change.ts";
import { noon } from "./store-rows.ts";
import type { Begin } from "./store.ts";

export function agentSuite(name: string, begin: Begin): void {
  describe(`${name}: what is known of agents`, () => {
    it("is given back, and nothing of those that went", async () => {
      const row = (id: string, of: Partial<AgentRow> = {}): AgentRow => ({
        id,
        name: `web "${id}"\0`,
        groups: ["default"],
        os: null,
        node: null,
        labels: { "aws.zone": "é" },
        labelsAt: noon,
        config: null,
        unlistedSince: null,
        ...of,
      });
      const { reader, store } = await begin([]);
      const people = await reader();
      expect(await people.fleet()).toEqual({ lookedAt: null, agents: [] });

      await store.commit([
        ...["010", "002", "003"].map((id): Change => ({ table: "agent", row: row(id) })),
        { table: "agent", row: row("002", { groups: ["web"], unlistedSince: noon }) },
        { table: "agent_gone", id: "003" },
        { table: "fleet", row: { lookedAt: noon } },
      ]);
      expect(await people.fleet()).toEqual({
        lookedAt: noon,
        agents: [row("002", { groups: ["web"], unlistedSince: noon }), row("010")],
      });

      await store.commit([
        { table: "agent_gone", id: "010" },
        { table: "agent", row: row("010", { name: "another" }) },
        { table: "fleet", row: { lookedAt: noon + 1 } },
      ]);
      expect(await people.fleet()).toMatchObject({ lookedAt: noon + 1, agents: [{ id: "002" }, { name: "another" }] });
    });
  });
}
