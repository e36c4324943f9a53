/** What a source of agents tells whoever runs Riposte. */
export type AgentsEvent =
  | { readonly kind: "well" }
  /** No answer, or none that can be used: nothing is known of the agents meanwhile. */
  | { readonly kind: "not_asked"; readonly says: string }
  /** Who is lost is known, and groups, systems and labels are not, or no longer. */
  | { readonly kind: "not_enriched"; readonly says: string }
  | { readonly kind: "agents_not_stored"; readonly why: string };

/** One sentence of the trouble. */
export function wordsOfAgents(event: Exclude<AgentsEvent, { kind: "well" }>): string {
  switch (event.kind) {
    case "not_asked":
      return `which agents are lost is not known: ${event.says}. Nothing is taken for lost or for back until it answers.`;
    case "not_enriched":
      return `what wazuh.agents.enrich asks for is not known anew: ${event.says}. What was known before is used until it is a week old.`;
    case "agents_not_stored":
      return `what the Wazuh API said of the agents could not be stored (${event.why}); it will be asked again.`;
  }
}
