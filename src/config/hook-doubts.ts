import type { Connectors } from "./destinations.ts";
import type { Problem } from "./problem.ts";
import type { Config } from "./schema.ts";

/** A destination that calls back, and nobody who could be heard. */
export function hookDoubts({ destinations, http }: Config, connectors: Connectors): readonly Problem[] {
  if (http?.tokens.some(({ may }) => may.includes("hooks")) === true) return [];
  return destinations.flatMap(({ name, type, config }): readonly Problem[] => {
    const kind = connectors.find((connector) => connector.type === type);
    if (kind?.capabilities(config).callsBack !== true) return [];
    const says =
      "no token may call hooks, so nobody is heard who calls back. Write in http.tokens, for example: { name: jira-rule, secret: { file: /etc/riposte/tokens/jira-rule }, may: [hooks] }";
    return [{ path: ["destinations", name], at: "key", says }];
  });
}
