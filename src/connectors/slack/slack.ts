import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Capabilities, Connector } from "../connector.ts";
import { digestTerms } from "../digest.ts";
import { paceMs } from "../pace-ms.ts";
import { asText } from "./as-text.ts";
import { isApp } from "./kind.ts";
import { SlackConfig } from "./config.ts";
import { slackDestination } from "./destination.ts";

/** Slack, by an incoming webhook, which can only post, or by an app, which keeps one message for each incident. */
export const slack: Connector<SlackConfig> = {
  type: "slack",
  digests: true,
  schema: SlackConfig,
  sendsAsIntegratord: ({ style }) => style === "legacy",
  linked: (config, { wazuhDashboard, console: riposte }) => {
    if (!isApp(config)) return config;
    return {
      ...(wazuhDashboard !== null && { wazuh_dashboard: wazuhDashboard }),
      ...(riposte !== null && { console: riposte }),
      ...config,
    };
  },
  capabilities: (config) => (isApp(config) ? ofApp(config) : ofWebhook(config)),
  asText,
  destination: (_, config) => slackDestination(config),
};

function ofWebhook({ pace = { max: 1, per: "1s" }, digest }: SlackConfig): Capabilities {
  return {
    edits: false,
    finds: false,
    paceMs: paceMs(pace),
    // More at once would only overtake each other on the way to the same channel.
    concurrency: 1,
    settleMs: 30 * SECOND_MS,
    sweepMs: 0,
    budget: null,
    giveUpAfterMs: 3 * DAY_MS,
    ...digestTerms(digest),
  };
}

/** Posting takes one a second in a channel, and editing and reading 50 a minute: this is within all three. */
function ofApp({ pace = { max: 50, per: "1m" } }: SlackConfig): Capabilities {
  return {
    edits: true,
    finds: true,
    linksElsewhere: true,
    showsSilence: true,
    paceMs: paceMs(pace),
    concurrency: 2,
    settleMs: MINUTE_MS,
    // What Slack has not shown by then it has not taken.
    sweepMs: HOUR_MS,
    budget: null,
    giveUpAfterMs: 3 * DAY_MS,
  };
}
