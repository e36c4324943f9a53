import { agentFactOf, type AgentFact } from "../core/agent-facts.ts";
import { agentFieldsOf } from "../core/agent-fields.ts";
import type { Policy } from "../core/policy.ts";
import type { Problem } from "./problem.ts";

interface Asked {
  readonly wazuh: {
    readonly api?: unknown;
    readonly agents?: { readonly enrich: readonly AgentFact[] } | undefined;
  };
}

/** Fields of agents that no alert has unless the API is asked for them, and ends that may be missed for their sake. */
export function enrichDoubts(policies: readonly Policy[], { wazuh }: Asked): readonly Problem[] {
  const asked = new Set<AgentFact>(wazuh.agents?.enrich);
  return policies.flatMap((policy, i): readonly Problem[] => {
    // Wazuh writes labels into alerts by itself.
    const facts = agentFieldsOf(policy).flatMap((field) => {
      const fact = agentFactOf(field);
      return fact === null || fact === "labels" ? [] : [{ field, fact }];
    });
    const unasked = facts.find(({ fact }) => !asked.has(fact));
    const path = ["policies", i];
    if (unasked !== undefined) {
      const { field, fact } = unasked;
      const api = wazuh.api === undefined ? "wazuh.api and " : "";
      const says = `${field} is in no alert of Wazuh's and never passes: it takes ${api}wazuh.agents: { enrich: [${[...asked, fact].join(", ")}] }`;
      return [{ path, at: "value", says }];
    }
    const grouped = facts.find(({ field }) => policy.terms.groupBy.includes(field));
    if (grouped === undefined || policy.clear === null) return [];
    const says = `an alert that clears finds no incident where ${grouped.field} has changed since, or was not known. Group by agent.id`;
    return [{ path: [...path, "group_by"], at: "value", says }];
  });
}
