import { isStale, type AgentNote } from "../core/agent-note.ts";
import type { WhyUnknown } from "../core/agent-facts.ts";
import { shownAgentFacts } from "../core/agent-facts-shown.ts";
import { duration, instant } from "./words.ts";

/** What was known of an alert's agent, how old that was, and who went by it; on one line. */
export function agentNoteWords(note: AgentNote): string {
  const by = note.used === undefined ? "" : `; policies go by ${note.used.join(", ")}`;
  if (note.kind === "unknown") return `of its agent nothing is known: ${UNKNOWN[note.why]}${by}`;
  const facts = shownAgentFacts(note);
  const labels =
    Object.keys(note.agent.labels ?? {}).length === 0 ? null : `labels ${JSON.stringify(note.agent.labels)}`;
  const parts = [worded("group", facts?.groups), facts?.system ?? null, worded("node", facts?.node), labels].filter(
    (part) => part !== null,
  );
  const age = `${duration(note.ageMs)} old${isStale(note) ? ", which is stale" : ""}`;
  const what = parts.length === 0 ? "nothing of what is asked for" : parts.join(", ");
  return `of its agent the Wazuh API said: ${what} (as of ${instant(note.at)}, ${age})${by}`;
}

function worded(name: string, value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : `${name} ${value}`;
}

const UNKNOWN: Readonly<Record<WhyUnknown, string>> = {
  no_agent: "it names none but the manager itself",
  never_asked: "the Wazuh API was not asked yet",
  not_listed: "the Wazuh API lists no agent with its id",
  other_agent: "the Wazuh API knows its id by another name",
  too_old: "what the Wazuh API said is more than a week old",
};
