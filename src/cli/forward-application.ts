import { type Application, buildApplication, buildRouteMap } from "@stricli/core";
import type { CliContext } from "./context.ts";
import { forwardRoute } from "./forward-route.ts";
import { manners } from "./manners.ts";

/** `riposte forward` alone: what the other commands load would take 7 MB more for as long as it runs. */
export function buildForward(version: string): Application<CliContext> {
  const docs = { brief: "Answers Wazuh alerts: few incidents, Slack told, one ticket, nothing lost" };
  return buildApplication(
    buildRouteMap<string, CliContext>({ routes: { forward: forwardRoute }, docs }),
    manners(version),
  );
}
