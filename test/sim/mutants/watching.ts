import type { Mutant } from "./mutant.ts";

/** Bugs in what is made of the Wazuh API's word about agents. */
export const WATCHING: readonly Mutant[] = [
  {
    name: "the Wazuh API is asked before the backlog is read",
    invariants: [9],
    file: "src/sources/agents.ts",
    find: "atLatest - now > SOURCE_SILENT_MS || othersHaveRead();",
    replace: "atLatest - now > SOURCE_SILENT_MS || now > 0;",
  },
  {
    name: "an API that does not answer counts as one that knows of no such agent",
    invariants: [9],
    file: "src/sources/agents.ts",
    find: `if (asked?.kind === "failed") return notAsked(asked);
    // Between`,
    replace: `if (asked?.kind === "failed") {
      await this.#store({ ...known, asked: [], absent: ids ?? [] });
      return null;
    }
    // Between`,
  },
  {
    name: "a manager that begins anew is believed that all agents are lost",
    invariants: [9],
    file: "src/sources/agents-compare.ts",
    find: "at - lostAtOf(agent, at) < RESET_GRACE_MS",
    replace: "at - lostAtOf(agent, at) < 0",
  },
  {
    name: "a hold counts from when the manager noticed",
    invariants: [9],
    file: "src/core/accept.ts",
    find: "return Math.min(at, since);",
    replace: "return Math.max(at, since);",
  },
];
