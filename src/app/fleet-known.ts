// What the database knows of agents, for those who try something out beside a server or without one.
import { existsSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import { agentFieldsBy } from "../core/agent-fields.ts";
import type { AgentFact } from "../core/agent-facts.ts";
import type { Policy } from "../core/policy.ts";
import type { Instant } from "../core/time.ts";
import { systemClock } from "../ports/clock.ts";
import { openSecrets } from "../secrets/read.ts";
import { AgentBook } from "../sources/agent-book.ts";
import { enrichFrom, type Enrich } from "../sources/enrich.ts";
import { openStoreReader } from "../store/open.ts";
import { StoreError } from "../store/store.ts";
import { storeAddressOf } from "./store-address.ts";

/** Which facts about agents the config asks for. */
export function enrichedBy({ sources }: Pick<Config, "sources">): ReadonlySet<AgentFact> {
  return new Set(sources.flatMap((source) => (source.from === "agents" ? source.enrich : [])));
}

/** What an alert is judged with besides itself. */
export interface FleetKnown {
  readonly enrich: Enrich;
  readonly agents: number;
  /** When the Wazuh API was asked last; null: never, or nobody can tell. */
  readonly lookedAt: Instant | null;
  /** Why the database does not say; null: it does. */
  readonly trouble: string | null;
}

/** Null: the config asks for nothing of agents. */
export async function readFleet(
  config: Config,
  policies: readonly Policy[] = config.policies,
): Promise<FleetKnown | null> {
  const facts = enrichedBy(config);
  if (facts.size === 0) return null;
  const book = new AgentBook();
  const trouble = await loadFrom(config, book);
  const enrich = enrichFrom({ book, facts, usedBy: agentFieldsBy(policies) });
  return { enrich, agents: book.size, lookedAt: book.lookedAt, trouble };
}

async function loadFrom(config: Config, book: AgentBook): Promise<string | null> {
  const address = await storeAddressOf(config.store, openSecrets(systemClock, process.env));
  if (!("kind" in address)) return address.message;
  // Nobody was ever asked where no server ran yet, and looking must not make a database.
  if (address.kind === "sqlite" && !existsSync(address.path)) return null;
  const reader = await openStoreReader(address);
  if (reader instanceof StoreError) return reader.message;
  try {
    book.load(await reader.fleet());
    return null;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  } finally {
    await reader.close();
  }
}
