import type { Connector } from "./connector.ts";
import { jiraAutomation } from "./jira-automation/jira-automation.ts";
import { slack } from "./slack/slack.ts";
import { webhook } from "./webhook/webhook.ts";

/** Every kind of destination, by hand: a security product loads no code that it did not come with. */
export const connectors = [slack, jiraAutomation, webhook] as const;

/** A connector whose own config type is its own affair; the schema stands between. */
export type AnyConnector = Connector<never>;
