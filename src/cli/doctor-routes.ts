import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CliContext } from "./context.ts";
import { config, json, seenIn, word } from "./flags.ts";

const jiraRoute = buildCommand({
  loader: async () => (await import("./doctor.ts")).doctorJira,
  parameters: {
    flags: {
      config,
      json,
      write: {
        kind: "boolean",
        brief: "Also make a test ticket, edit, comment and close it, and delete it again",
        default: false,
        withNegated: false,
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "One of the config; without it all of type jira",
          placeholder: "DESTINATION",
          parse: word,
          optional: true,
        },
      ],
    },
  },
  docs: {
    brief: "Is everything right for tickets? Each thing that is not, with what to do",
    fullDescription: [
      "Looks at the account, its permissions, the issue type, required and configured fields, priorities, transitions,",
      "the difference of the clocks and how late Jira's search is. Nothing is made over there without --write.",
    ].join("\n"),
  },
});

const slackRoute = buildCommand({
  loader: async () => (await import("./doctor-slack.ts")).doctorSlack,
  parameters: {
    flags: {
      config,
      json,
      yes: { kind: "boolean", brief: "Post the test messages without asking", default: false, withNegated: false },
      arrived: {
        kind: "parsed",
        parse: seenIn,
        brief: "Post nothing: that of this destination is in this channel (empty: in none); may be given several times",
        optional: true,
        variadic: true,
        placeholder: "NAME=CHANNEL",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "One of the config; without it all of type slack",
          placeholder: "DESTINATION",
          parse: word,
          optional: true,
        },
      ],
    },
  },
  docs: {
    brief: "Is everything right for Slack? An app's token, scopes and channels; which channel each webhook posts to",
    fullDescription: [
      "Of an app: the token, its scopes, the channels and whether the app is in them, and the clock; with --yes also",
      "whether a marked test message can be posted, found again, edited and deleted.",
      "Slack tells nobody which channel a webhook is for. Posts one marked message by each webhook, after asking or with",
      "--yes, and asks which channel it arrived in; that is compared with the destination's channel, or with its name.",
      "Without a terminal it posts nothing but with --yes, and takes the answers in a second call with --arrived.",
    ].join("\n"),
  },
});

const wazuhRoute = buildCommand({
  loader: async () => (await import("./doctor.ts")).doctorWazuh,
  parameters: {
    flags: { config, json },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Wazuh's configuration, where the config has no ossec_conf",
          placeholder: "OSSEC_CONF",
          parse: word,
          optional: true,
        },
      ],
    },
  },
  docs: {
    brief: "Can the Wazuh API be used, and is anything sent twice? Each thing that is not right, with what to do",
    fullDescription: [
      "Looks at the API that the config names: the certificate, the login, the permissions, the difference of the clocks,",
      "and which agents are disconnected. And at its ossec.conf: who sends each block, whether one stands in both files,",
      "whether integratord posts to the address of a destination, and whether it runs with the file as it is. Nothing is",
      "changed over there.",
    ].join("\n"),
  },
});

const indexerRoute = buildCommand({
  loader: async () => (await import("./doctor.ts")).doctorIndexer,
  parameters: { flags: { config, json } },
  docs: {
    brief: "Can the Wazuh indexers of the config be read? Each thing that is not right, with what to do",
    fullDescription: [
      "Looks at the way there, the certificate, the login and its roles, the indices and their mapping, a point in time,",
      "how old the newest document is, and the difference of the clocks. Nothing is changed over there.",
    ].join("\n"),
  },
});

export const doctorRoutes = buildRouteMap<string, CliContext>({
  routes: { indexer: indexerRoute, jira: jiraRoute, slack: slackRoute, wazuh: wazuhRoute },
  docs: { brief: "Examine what Riposte depends on" },
});
