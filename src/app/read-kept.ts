import { withAgent } from "../core/agent-facts.ts";
import { readNotedLine } from "../core/agent-note.ts";
import { explainMatch } from "../core/explain-match.ts";
import type { Policy } from "../core/policy.ts";
import type { ApiParts } from "../http/parts.ts";
import { re2 } from "../ports/regex.ts";
import { readStoredLine } from "../sources/stored-line.ts";
import { alertFromWazuh4 } from "../sources/wazuh4.ts";
import { readMatchers } from "./read-matchers.ts";

/** How the doors read what people ask with and about. */
export function readKept(
  policies: () => readonly Policy[],
): Required<Pick<ApiParts, "readFacts" | "readMatchers" | "readLine">> {
  return {
    readFacts: readStoredLine,
    readMatchers,
    readLine(raw) {
      // Without the note: it is no part of what Wazuh wrote, and of that a missing id is made.
      const { line, note } = readNotedLine(raw);
      const read = alertFromWazuh4(line, 0);
      if (read.kind === "malformed") throw new Error(`a stored line does not read as an alert: ${read.why}`);
      const { alert } = read;
      // Policies are asked about what was known of the agent then, as they were when the alert came.
      const document = note?.kind === "known" ? withAgent(alert.document, note.agent) : alert.document;
      return {
        identity: alert.identity,
        line,
        policies: () => explainMatch(policies(), { ...alert, document }, re2),
      };
    },
  };
}
