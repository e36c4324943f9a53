import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "./context.ts";
import { config, json } from "./flags.ts";

const checkRoute = buildCommand({
  loader: async () => (await import("./secrets.ts")).checkSecrets,
  parameters: { flags: { config, json } },
  docs: {
    brief: "Can every secret of the config be read, how old is it, and does its destination take it?",
    fullDescription: [
      "Reads each secret that the config names as this user on this machine, and asks each destination whether it takes",
      "its own; nobody is shown anything. What a running server has in use is in riposte status. Ends with 69 where a",
      "secret can't be read, is not taken, or could not be tried.",
    ].join("\n"),
  },
});

export const secretsRoutes = buildRouteMap<string, CliContext>({
  routes: { check: checkRoute },
  docs: { brief: "Look after the secrets that the config names" },
});
