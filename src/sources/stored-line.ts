import type { AlertFacts } from "../core/picture.ts";
import { alertFromWazuh4, factsOf } from "./wazuh4.ts";

/** What a reader may want to see of a line that was kept: it was an alert once, or it would not be there. */
export function readStoredLine(raw: string): AlertFacts {
  const read = alertFromWazuh4(raw, 0);
  if (read.kind === "malformed") throw new Error(`a stored line does not read as an alert: ${read.why}`);
  return factsOf(read.alert);
}
