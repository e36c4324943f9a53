import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import type { Connector } from "../connector.ts";
import { paceMs, perMs } from "../pace-ms.ts";
import { JiraConfig } from "./config.ts";
import { JiraDestination } from "./destination.ts";

/** Jira by its REST API, Cloud or Data Center: one ticket for each incident, kept as the incident is. */
export const jira: Connector<JiraConfig> = {
  type: "jira",
  schema: JiraConfig,
  linked: (config, { wazuhDashboard }) => {
    return wazuhDashboard === null ? config : { wazuh_dashboard: wazuhDashboard, ...config };
  },
  capabilities: (config) => ({
    edits: true,
    finds: true,
    paceMs: paceMs(config.pace),
    concurrency: 4,
    settleMs: MINUTE_MS,
    // A create that timed out may land hours later.
    sweepMs: DAY_MS,
    budget: config.budget === undefined ? null : { max: config.budget.max, perMs: perMs(config.budget) },
    giveUpAfterMs: 7 * DAY_MS,
  }),
  destination: (_, config) => new JiraDestination(config),
};
