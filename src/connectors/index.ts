import type { Connector } from "./connector.ts";
import { integrationScript } from "./integration-script/integration-script.ts";
import { jira } from "./jira/jira.ts";
import { jiraAutomation } from "./jira-automation/jira-automation.ts";
import { slack } from "./slack/slack.ts";
import { webhook } from "./webhook/webhook.ts";

/**
 * Every kind of destination, by hand: a security product loads no code that it did not come with. What a connector's
 * config is made of is its own affair: it goes from `schema` back to the same connector.
 */
export const connectors: readonly Connector<unknown>[] = [slack, jira, jiraAutomation, webhook, integrationScript];

export function connectorOfType(type: string): Connector<unknown> | undefined {
  return connectors.find((connector) => connector.type === type);
}
