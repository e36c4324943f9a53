import { isStale, type AgentNote } from "./agent-note.ts";
import type { Instant } from "./time.ts";

/** What a reader is shown of an agent beside its name. The agent's own words in part: escape them for where they go. */
export interface ShownAgentFacts {
  readonly groups: string | null;
  readonly system: string | null;
  readonly node: string | null;
  /** Since when nobody has asked; null: it was asked just before. */
  readonly asOf: Instant | null;
}

const GROUPS_SHOWN = 10;

/** Null: there is nothing to show. */
export function shownAgentFacts(note: AgentNote | undefined): ShownAgentFacts | null {
  if (note?.kind !== "known") return null;
  const { group = [], os = {}, node = null } = note.agent;
  const more = group.length > GROUPS_SHOWN ? [`${group.length - GROUPS_SHOWN} more`] : [];
  const groups = [...group.slice(0, GROUPS_SHOWN), ...more].join(", ") || null;
  const called = [os["name"] ?? os["platform"], os["version"]].filter((part) => part !== undefined).join(" ") || null;
  if (groups === null && called === null && node === null) return null;
  return { groups, system: called, node, asOf: isStale(note) ? note.at : null };
}
