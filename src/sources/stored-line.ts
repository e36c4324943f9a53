import { withAgent } from "../core/agent-facts.ts";
import { readNotedLine } from "../core/agent-note.ts";
import type { AlertFacts } from "../core/picture.ts";
import { alertFromWazuh4, factsOf } from "./wazuh4.ts";

/** What a reader may want to see of a line that was kept: it was an alert once, or it would not be there. */
export function readStoredLine(raw: string): AlertFacts {
  const { line, note } = readNotedLine(raw);
  const read = alertFromWazuh4(line, 0);
  if (read.kind === "malformed") throw new Error(`a stored line does not read as an alert: ${read.why}`);
  const facts = factsOf(read.alert);
  if (note === null) return facts;
  if (note.kind === "unknown") return { ...facts, agentNote: note };
  return { ...facts, document: withAgent(facts.document, note.agent), agentNote: note };
}
