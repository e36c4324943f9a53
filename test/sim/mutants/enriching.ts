import type { Mutant } from "./mutant.ts";

/** Bugs in what is known of agents beside their being there. */
export const ENRICHING: readonly Mutant[] = [
  {
    name: "an agent that is not in the list is taken for one that is gone",
    invariants: [6],
    file: "src/sources/fleet-watch.ts",
    find: "if (absent.has(row.id)) gone.push(row.id);",
    replace: "if (absent.has(row.id) || row.unlistedSince === null) gone.push(row.id);",
  },
  {
    name: "whoever has the id is the agent that is known",
    invariants: [6],
    file: "src/core/agent-facts.ts",
    find: 'if (row.name !== name) return { kind: "unknown", why: "other_agent" };',
    replace: "if (row.name === null) return null as never;",
  },
  {
    name: "a restart knows nothing of agents until it has asked",
    invariants: [6],
    file: "src/sources/agent-book.ts",
    find: "this.take({ agents, gone: [], lookedAt });",
    replace: "this.#lookedAt = agents.length < 0 ? lookedAt : null;",
  },
  {
    name: "whoever is given an id inherits the labels of who had it",
    invariants: [6],
    file: "src/sources/fleet-watch.ts",
    find: "before?.name === called ? before",
    replace: "before !== undefined ? before",
  },
  {
    name: "who is not listed any more is as well known as who is",
    invariants: [6],
    file: "src/core/agent-facts.ts",
    find: "const at = row.unlistedSince ?? lookedAt;",
    replace: "const at = lookedAt;",
    tests: "src/core/agent-facts.test.ts",
  },
  {
    name: "a policy does not say what it went by",
    invariants: [6],
    file: "src/sources/line-judge.ts",
    find: "enriched?.note(matches.map(({ policy }) => policy)) ?? null",
    replace: "enriched?.note([]) ?? null",
    tests: "src/sources/enrich.test.ts",
  },
  {
    name: "labels that can't be found out are taken for none",
    invariants: [4],
    file: "src/core/guardrail.ts",
    find: 'if (facts?.isActive === true && facts.labels.kind === "unknown"',
    replace: 'if (facts?.isActive === null && facts.labels.kind === "unknown"',
    tests: "src/core/guardrail-agents.test.ts",
  },
];
