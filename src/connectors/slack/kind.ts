import type { SecretRef } from "../../ports/secrets.ts";
import type { SlackConfig } from "./config.ts";

/** The two kinds of Slack that there are. */
export type WebhookConfig = SlackConfig & { readonly webhook: SecretRef };
export type AppConfig = SlackConfig & { readonly token: SecretRef; readonly channel: string };

export function isApp(config: SlackConfig): config is AppConfig {
  return config.token !== undefined;
}

export function isWebhook(config: SlackConfig): config is WebhookConfig {
  return config.webhook !== undefined;
}
