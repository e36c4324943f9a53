import { isFields } from "./agent.ts";

/** A node of a manager's cluster, as the Wazuh API tells of it. */
export interface ClusterNode {
  /** `<node_name>` of its `<cluster>`: what its alerts have as `cluster.node`. */
  readonly name: string;
  /** How the others reach it: an address or a host name. */
  readonly address: string | null;
}

const TEXT_CHARS = 255;

/** Null for what is no node. */
export function clusterNodeOf(item: unknown): ClusterNode | null {
  if (!isFields(item)) return null;
  const { name, ip } = item;
  if (typeof name !== "string" || name === "") return null;
  return { name: textOf(name), address: typeof ip === "string" && ip !== "" ? textOf(ip) : null };
}

function textOf(text: string): string {
  return text.slice(0, TEXT_CHARS).toWellFormed();
}
