import { DAY_MS } from "../../core/time.ts";
import type { Connector } from "../connector.ts";
import { IntegrationScriptConfig } from "./config.ts";
import { scriptDestination } from "./destination.ts";
import { timeLimitMs } from "./time-limit.ts";

/** More calls of one step than this no destination gets, whatever its script is told. */
const RERUNS_MOST = 9;

/** A script of Wazuh's or of the user's, called as wazuh-integratord calls it. */
export const integrationScript: Connector<IntegrationScriptConfig> = {
  type: "integration-script",
  schema: IntegrationScriptConfig,
  onlyWazuh: true,
  sendsAsIntegratord: () => true,
  capabilities: (config) => ({
    edits: false,
    finds: false,
    paceMs: 0,
    concurrency: config.concurrency,
    // Until then a run that has outlived us may still be at it.
    settleMs: timeLimitMs(config),
    sweepMs: 0,
    budget: null,
    callsMost: 1 + Math.min(config.retries, RERUNS_MOST),
    giveUpAfterMs: 3 * DAY_MS,
  }),
  way: "a program that is run",
  adds: (config) => [
    `runs ${config.wazuh_home}/integrations/${config.script} with the alert in a file`,
    `arguments: the file, ${config.api_key === undefined ? '""' : "api_key"}, ${config.hook_url === undefined ? '""' : "hook_url"}, ${config.debug ? "debug" : '""'}, ${config.options === undefined ? '""' : "a file with options"}, ${config.timeout}, ${config.retries}${config.debug ? "" : ', "> /dev/null 2>&1"'}`,
    "variables RIPOSTE_MARK and RIPOSTE_POSSIBLE_REPEAT",
  ],
  destination: (_, config) => scriptDestination(config),
};
