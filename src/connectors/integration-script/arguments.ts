import type { HandedFile } from "../../ports/processes.ts";
import type { IntegrationScriptConfig } from "./config.ts";
import type { Given } from "./given.ts";

/** integratord starts it without a shell, so this is an argument like the others. */
const NO_REDIRECTION = "> /dev/null 2>&1";

/** What the daemon calls every script that is no `#!` script. */
export const ARGV0 = "integrations";

/** Argument by argument what wazuh-integratord hands to a script. Nothing is left out: what is not there is empty. */
export function argumentsOf(
  { script, timeout, retries, debug }: IntegrationScriptConfig,
  { apiKey, hookUrl, options }: Given,
  alert: string,
): readonly (string | HandedFile)[] {
  return [
    { name: script, ending: "alert", content: alert },
    apiKey ?? "",
    hookUrl ?? "",
    debug ? "debug" : "",
    options === null ? "" : { name: script, ending: "options", content: options },
    String(timeout),
    String(retries),
    ...(debug ? [] : [NO_REDIRECTION]),
  ];
}
