import type { Alert } from "./alert.ts";
import { textOfField } from "./fields.ts";
import { plainAddress } from "./protected-network.ts";
import { CATALOGUE } from "./response-catalogue.ts";
import type { RespondTerms, ResponseTarget } from "./response.ts";

/** What a policy's response would be done to, by one alert. */
export interface RespondTo {
  readonly terms: RespondTerms;
  readonly target: ResponseTarget;
}

const NAME_MOST = 256;

/** An empty name where the alert has none. What follows a cut is never done: the name is unfit by its length. */
export function respondTo(terms: RespondTerms, alert: Pick<Alert, "document">): RespondTo {
  const kind = CATALOGUE[terms.do].target;
  if (kind === "agent" || terms.target === null) return { terms, target: { kind: "agent", name: "" } };
  const found = (textOfField(alert, terms.target) ?? "").slice(0, NAME_MOST).toWellFormed();
  const name = found === "-" ? "" : found;
  return { terms, target: { kind, name: kind === "address" ? plainAddress(name) : name } };
}
