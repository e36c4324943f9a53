import { loadConfig } from "../../config/load.ts";
import { connectors } from "../../connectors/index.ts";
import type { Instant } from "../../core/time.ts";

/** What goes into a first config beside what is always in it. */
export interface Chosen {
  readonly alerts: string;
  /** Files that hold secrets; null: no such destination. */
  readonly slackWebhook: string | null;
  readonly jiraSecret: string | null;
  readonly api: {
    readonly url: string;
    readonly fingerprint: string | null;
    readonly user: string;
    readonly password: string;
  } | null;
  /** Null: its blocks stay integratord's alone. */
  readonly ossecConf: string | null;
}

/** The smallest config of what was chosen. */
export function firstConfig({ alerts, slackWebhook, jiraSecret, api, ossecConf }: Chosen, now: Instant): string {
  const wazuh =
    api === null
      ? [`wazuh: { alerts: ${plain(alerts)} }`]
      : [
          "wazuh:",
          `  alerts: ${plain(alerts)}`,
          `  api: { url: ${plain(api.url)}, user: ${plain(api.user)}, password: { file: ${plain(api.password)} }${api.fingerprint === null ? "" : `, fingerprint: ${plain(api.fingerprint)}`} }`,
          "  agents: { every: 60s }",
        ];
  const destinations = [
    ...(slackWebhook === null ? [] : [`  security-alerts: { type: slack, webhook: { file: ${plain(slackWebhook)} } }`]),
    ...(jiraSecret === null ? [] : [`  tickets: { type: jira-automation, secret: { file: ${plain(jiraSecret)} } }`]),
  ];
  return [
    `# Written by riposte init on ${new Date(now).toISOString().slice(0, 10)}.`,
    ...wazuh,
    ...(ossecConf === null
      ? []
      : [
          "",
          "# The <integration> blocks that Riposte can send: shown, and not sent until `riposte takeover` moves them.",
          `ossec_conf: ${plain(ossecConf)}`,
        ]),
    "",
    ...(destinations.length === 0 ? [] : ["destinations:", ...destinations, ""]),
    "use: [starter]",
    "",
  ].join("\n");
}

/** What is wrong with a config that was made of answers, which are wrong then; null: nothing is. */
export function troubleWith(text: string): string | null {
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  const [first] = loaded.kind === "refused" ? loaded.errors : [];
  return first === undefined ? null : `${first.path}: ${first.says}`;
}

/** JSON is YAML; a plain path needs no quotes. */
function plain(value: string): string {
  if (/^\/[\w./-]*$/.test(value) || /^[A-Za-z][\w-]*$/.test(value)) return value;
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
