import { agentOf, isFields, type AgentStatus } from "./agent.ts";

/** An agent as the list of all has it. What it says of its system was written on it, by whoever is root there. */
export interface AgentProfile {
  readonly id: string;
  readonly name: string;
  readonly status: AgentStatus;
  readonly groups: readonly string[];
  readonly os: {
    readonly name: string | null;
    readonly version: string | null;
    readonly platform: string | null;
  } | null;
  /** The node that it reports to; null: none yet. */
  readonly node: string | null;
  /** Of its own configuration and of what its groups add; null: it never said. */
  readonly config: string | null;
}

export interface AgentLabel {
  readonly key: string;
  readonly value: string;
  /** Wazuh writes it into no alert. */
  readonly hidden: boolean;
}

/** What is asked for of each, by Wazuh's own names. */
export const PROFILE_FIELDS = "id,name,status,group,os.name,os.version,os.platform,node_name,configSum,mergedSum";

const GROUPS_MOST = 128;
/** More would be no labels: a protected one must not be among those that were left out. */
const LABELS_MOST = 1_000;
const TEXT_CHARS = 255;

/** Null for what is no agent, and for the manager. */
export function profileOf(item: unknown): AgentProfile | null {
  const agent = agentOf(item);
  if (agent === null || !isFields(item)) return null;
  const { id, name, status } = agent;
  const groups: readonly unknown[] = Array.isArray(item["group"]) ? item["group"] : [];
  const { os, node_name: node, configSum, mergedSum } = item;
  const sums = [textOf(configSum), textOf(mergedSum)];
  return {
    id,
    name,
    status,
    groups: groups.flatMap((group) => textOf(group) ?? []).slice(0, GROUPS_MOST),
    os: isFields(os)
      ? { name: textOf(os["name"]), version: textOf(os["version"]), platform: textOf(os["platform"]) }
      : null,
    // Who never connected reports to a node of this name.
    node: node === "unknown" ? null : textOf(node),
    config: sums.every((sum) => sum === null) ? null : sums.map((sum) => sum ?? "").join("/"),
  };
}

/** Null: it is no answer about labels. An agent without any says an empty list, or nothing. */
export function labelsOf(data: Readonly<Record<string, unknown>>): readonly AgentLabel[] | null {
  const { labels = [] } = data;
  if (!Array.isArray(labels) || labels.length > LABELS_MOST) return null;
  return labels.flatMap((label: unknown): readonly AgentLabel[] => {
    if (!isFields(label)) return [];
    const [key, value] = [textOf(label["key"]), textOf(label["value"])];
    if (key === null || value === null) return [];
    return [{ key, value, hidden: label["hidden"] === "yes" || label["hidden"] === true }];
  });
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, TEXT_CHARS).toWellFormed() : null;
}
