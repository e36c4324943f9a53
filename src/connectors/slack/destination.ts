import type { Destination } from "../connector.ts";
import type { SlackConfig } from "./config.ts";
import { isApp, type WebhookConfig } from "./kind.ts";
import { SlackApp } from "./slack-app.ts";
import { webhookDestination } from "./webhook-post.ts";

export function slackDestination(config: SlackConfig): Destination {
  return isApp(config) ? new SlackApp(config) : webhookDestination(config as WebhookConfig);
}
