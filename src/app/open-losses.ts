import type { Instant } from "../core/time.ts";
import type { Reader } from "../store/queries.ts";

/** Rules that say of an agent that it is not there any more. */
const LOSS_RULES: readonly string[] = ["504", "506"];
/** More incidents than anybody has open at once; the oldest beyond them end by what the API says of their agents alone. */
const MOST = 20_000;

/** By agent: the newest alert of an unresolved incident about its loss. */
export async function openLosses(reader: Pick<Reader, "incidents">): Promise<ReadonlyMap<string, Instant>> {
  const losses = new Map<string, Instant>();
  for (const { agentId, lastAt } of await reader.incidents({ state: "unresolved", ruleIds: LOSS_RULES, limit: MOST })) {
    if (agentId !== null) losses.set(agentId, Math.max(lastAt, losses.get(agentId) ?? 0));
  }
  return losses;
}
