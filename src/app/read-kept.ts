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
      const read = alertFromWazuh4(raw, 0);
      if (read.kind === "malformed") throw new Error(`a stored line does not read as an alert: ${read.why}`);
      const { alert } = read;
      return { identity: alert.identity, policies: () => explainMatch(policies(), alert, re2) };
    },
  };
}
