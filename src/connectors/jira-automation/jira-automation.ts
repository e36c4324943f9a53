import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import type { Connector } from "../connector.ts";
import { JiraAutomationConfig } from "./config.ts";
import { jiraAutomationDestination } from "./destination.ts";

/** Jira finds an issue some minutes after it was made, and a rule that looks before that makes a second one. */
const FOUND_WITHIN_MS = 5 * MINUTE_MS;

/**
 * A Jira Automation rule that starts with an incoming webhook: one call for each incident. The way back, where there is
 * one, is a call of the rule's own: by then the Writer knows what came of ours, and it is not made again.
 */
export const jiraAutomation: Connector<JiraAutomationConfig> = {
  type: "jira-automation",
  schema: JiraAutomationConfig,
  capabilities: ({ callback }) => ({
    edits: false,
    finds: false,
    paceMs: 0,
    concurrency: 2,
    settleMs: callback ? FOUND_WITHIN_MS : MINUTE_MS,
    sweepMs: 0,
    budget: null,
    giveUpAfterMs: 3 * DAY_MS,
    ...(callback && { callsBack: true }),
  }),
  adds: ({ secret, project }) => [
    `header x-automation-webhook-token: ${secret === undefined ? "token" : "JIRA_API_KEY in secret"}`,
    ...(typeof project === "object" ? ["data.project.key: project"] : []),
    ...(secret === undefined || project !== undefined ? [] : ["data.project.key: JIRA_PROJECT_KEY in secret"]),
  ],
  destination: (_, config) => jiraAutomationDestination(config),
};
