import { DAY_MS, SECOND_MS } from "../../core/time.ts";
import type { Connector } from "../connector.ts";
import { digestTerms } from "../digest.ts";
import { paceMs } from "../pace-ms.ts";
import { WebhookConfig } from "./config.ts";
import { webhookDestination } from "./destination.ts";

/** Anybody's own endpoint, called as Standard Webhooks says. */
export const webhook: Connector<WebhookConfig> = {
  type: "webhook",
  digests: true,
  schema: WebhookConfig,
  capabilities: (config) => ({
    edits: false,
    finds: false,
    paceMs: config.pace === undefined ? 0 : paceMs(config.pace),
    concurrency: config.concurrency,
    settleMs: 5 * SECOND_MS,
    sweepMs: 0,
    budget: null,
    giveUpAfterMs: 3 * DAY_MS,
    ...digestTerms(config.digest),
  }),
  adds: ({ secret }) => [
    "headers webhook-id (the mark) and webhook-timestamp",
    ...(secret === undefined ? [] : ["header webhook-signature, made with secret"]),
  ],
  destination: (_, config) => webhookDestination(config),
};
