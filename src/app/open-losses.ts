import type { OpenLoss } from "../sources/agents-compare.ts";
import type { Reader } from "../store/queries.ts";

/** Rules that say of an agent that it is not there any more. */
const LOSS_RULES: readonly string[] = ["504", "506"];
/** More incidents than anybody has open at once; the oldest beyond them end by what the API says of their agents alone. */
const MOST = 20_000;

/** By agent; where several are unresolved, the one with the newest alert. */
export async function openLosses(reader: Pick<Reader, "incidents">): Promise<ReadonlyMap<string, OpenLoss>> {
  const losses = new Map<string, OpenLoss>();
  for (const { agentId, lastAt, state } of await reader.incidents({
    state: "unresolved",
    ruleIds: LOSS_RULES,
    limit: MOST,
  })) {
    if (agentId === null || lastAt <= (losses.get(agentId)?.lastAt ?? 0)) continue;
    losses.set(agentId, { lastAt, isTold: state !== "pending" });
  }
  return losses;
}
