import { isJsonObject, type JsonObject } from "../json.ts";
import type { FakeOpenSearch } from "./opensearch.ts";
import { instantOf } from "./search.ts";

/**
 * A manager's Filebeat and Wazuh's ingest pipeline: a line of alerts.json becomes a document of the index of its own
 * day in UTC, with fields of their own beside the alert's. What is no JSON or has no time is dropped there without a word.
 */
export function ship(line: string, indexer: FakeOpenSearch, nowMs: number, id?: string): boolean {
  const source = documentOf(line);
  if (source === null) return false;
  const day = new Date(instantOf(source["timestamp"])!).toISOString().slice(0, 10).replaceAll("-", ".");
  indexer.put(`wazuh-alerts-4.x-${day}`, source, nowMs, id);
  return true;
}

/** Null: it is dropped. */
export function documentOf(line: string): JsonObject | null {
  let alert: unknown;
  try {
    alert = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isJsonObject(alert)) return null;
  const at = instantOf(alert["timestamp"]);
  if (at === null) return null;
  return { ...FILEBEAT, ...alert, "@timestamp": new Date(at).toISOString() };
}

/** Where the alert has an agent of its own, that one stands over Filebeat's. */
const FILEBEAT: JsonObject = {
  agent: {
    ephemeral_id: "3b1f66a4-2f6e-4b0e-9a44-8a0c2f7a6d10",
    hostname: "wazuh-manager",
    id: "b5f1c0f2-6a0d-4c68-8f5f-0a9be1d1f2aa",
    name: "wazuh-manager",
    type: "filebeat",
    version: "7.10.2",
  },
  input: { type: "log" },
};
