import type { Destination, DestinationSettings } from "./connector.ts";
import { scriptDestination } from "./integration-script/destination.ts";
import type { IntegrationScriptConfig } from "./integration-script/config.ts";
import type { JiraAutomationConfig } from "./jira-automation/config.ts";
import { jiraAutomationDestination } from "./jira-automation/destination.ts";
import type { JiraConfig } from "./jira/config.ts";
import { JiraDestination } from "./jira/destination.ts";
import type { SlackConfig } from "./slack/config.ts";
import { slackDestination } from "./slack/destination.ts";
import type { WebhookConfig } from "./webhook/config.ts";
import { webhookDestination } from "./webhook/destination.ts";

/**
 * What a destination of each type is made of, without the schemas that their configs came through: those are the larger
 * half of the memory, and nobody who has only settings needs them.
 */
const DESTINATIONS: Readonly<Record<string, (config: unknown) => Destination>> = {
  slack: (config) => slackDestination(config as SlackConfig),
  jira: (config) => new JiraDestination(config as JiraConfig),
  "jira-automation": (config) => jiraAutomationDestination(config as JiraAutomationConfig),
  webhook: (config) => webhookDestination(config as WebhookConfig),
  "integration-script": (config) => scriptDestination(config as IntegrationScriptConfig),
};

export function openDestinations(settings: readonly DestinationSettings[]): ReadonlyMap<string, Destination> {
  return new Map(
    settings.map(({ name, type, config }) => {
      const open = Object.hasOwn(DESTINATIONS, type) ? DESTINATIONS[type] : undefined;
      if (open === undefined) throw new Error(`destination ${name} has a type that no connector has: ${type}`);
      return [name, open(config)];
    }),
  );
}
