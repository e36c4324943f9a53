import type { Hit } from "../wazuh/indexer/client.ts";
import { alertOfFinding } from "./wazuh5.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A document as a line of alerts.json, which everything behind reads; null: it is nothing like that. */
export function lineOfHit({ id, source }: Hit, wazuh: 4 | 5): string | null {
  if (!isFields(source)) return null;
  const alert = wazuh === 4 ? asWritten(source) : alertOfFinding(source, id);
  return alert === null ? null : JSON.stringify(alert);
}

/** Filebeat puts an `agent` of its own where the alert has none, and that is no agent of Wazuh's. */
function asWritten(source: Fields): Fields {
  const { agent } = source;
  if (!isFields(agent) || !("ephemeral_id" in agent)) return source;
  return { ...source, agent: undefined };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
