// A first config, and making it quieter.
import { buildCommand } from "@stricli/core";
import { config, eventTime, json, word } from "./flags.ts";

const optionalFile = { kind: "parsed", parse: word, optional: true, placeholder: "FILE" } as const;

export const initRoute = buildCommand({
  loader: async () => (await import("./init.ts")).init,
  parameters: {
    flags: {
      json,
      yes: {
        kind: "boolean",
        brief: "Ask nothing: take what flags say and what is usual",
        default: false,
        withNegated: false,
      },
      out: { kind: "parsed", parse: word, brief: "The config to write", default: "riposte.yaml", placeholder: "FILE" },
      wazuh: { kind: "parsed", parse: word, brief: "Where Wazuh is", default: "/var/ossec", placeholder: "FOLDER" },
      slackWebhook: { ...optionalFile, brief: "The file that holds the URL of Slack's webhook; - for none" },
      jiraSecret: { ...optionalFile, brief: "The file with JIRA_URL and JIRA_API_KEY; - for none" },
      apiUser: {
        ...optionalFile,
        placeholder: "NAME",
        brief: "A user of the Wazuh API that may read agents; - for none",
      },
      apiPassword: {
        kind: "parsed",
        parse: word,
        brief: "The file that holds its password",
        default: "/etc/riposte/wazuh-api",
        placeholder: "FILE",
      },
      blocks: { kind: "boolean", brief: "Show what would be sent of the blocks in ossec.conf", optional: true },
    },
  },
  docs: {
    brief: "Write a first config, and say what it would have told over the last days; tells nobody",
    fullDescription: [
      "Looks for alerts.json, ossec.conf and the API of a Wazuh manager on this machine, asks at most four questions, and",
      "writes the smallest config with the starter pack. It never replaces a file and asks for no secret, only for where",
      "one is kept. Then it replays the last seven days: incidents, messages and tickets a day, the rules that make most",
      "of them, and one change that halves it, tried on the same days.",
    ].join("\n"),
  },
});

export const tuneRoute = buildCommand({
  loader: async () => (await import("./tune.ts")).tune,
  parameters: {
    flags: {
      config,
      json,
      from: {
        kind: "parsed",
        parse: eventTime,
        brief: "Only alerts that happened at this time or later; without it of the last seven days",
        optional: true,
        placeholder: "TIME",
      },
    },
    positional: {
      kind: "array",
      parameter: {
        brief: "Files of alerts or folders; without them where the config's alerts.json is",
        placeholder: "FILE",
        parse: word,
      },
    },
  },
  docs: {
    brief: "Say what the config would have told over the last days, and one change that halves it; tells nobody",
    fullDescription: [
      "Replays the alerts with the config, and again with one change to the policy that tells most: fewer incidents, told",
      "together, or not told, the first that halves the messages and tickets. Where one rule is most of it, also a rule",
      "for the manager's local_rules.xml that silences the address it comes from. Changes nothing.",
    ].join("\n"),
  },
});
