// Names that a shell may offer for a word, from the config that the command would take.
import type { Config } from "../config/schema.ts";
import { findConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";

type Propose = (this: CliContext, partial: string) => Promise<readonly string[]>;

export const destinationNames: Propose = namesOf(({ destinations }) => destinations.map(({ name }) => name));
export const policyNames: Propose = namesOf(({ policies }) => policies.map(({ terms }) => terms.name));
export const sourceNames: Propose = namesOf(({ sources }) => sources.map(({ name }) => name));

function namesOf(list: (config: Config) => readonly string[]): Propose {
  return async function propose(partial) {
    const path = findConfig(configIn(this.completing ?? []));
    if (path === null) return [];
    const { readConfig } = await import("../app/read-config.ts");
    const read = readConfig(path);
    return read.kind === "loaded" ? list(read.config).filter((name) => name.startsWith(partial)) : [];
  };
}

/** The config that is named among the words before the last one. */
function configIn(words: readonly string[]): string | undefined {
  const before = words.slice(0, -1);
  const joined = before.findLast((each) => each.startsWith("--config="));
  const at = before.lastIndexOf("--config");
  return at === -1 ? joined?.slice("--config=".length) : before[at + 1];
}
