// What would happen, and whether it works: past alerts, one alert, a test.
import { buildCommand } from "@stricli/core";
import { config, eventTime, fieldValue, json, level, socket, waitMs, word } from "./flags.ts";
import { destinationNames, policyNames } from "./live-names.ts";

export const previewRoute = buildCommand({
  loader: async () => (await import("./preview.ts")).preview,
  parameters: {
    flags: {
      config,
      json,
      destination: {
        kind: "parsed",
        parse: word,
        proposeCompletions: destinationNames,
        brief: "Only what this destination would get",
        optional: true,
        placeholder: "NAME",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "A file with one alert as alerts.json has it; - for standard input",
          placeholder: "ALERT.json",
          parse: word,
        },
      ],
    },
  },
  docs: {
    brief: "Show what each destination would be sent of one alert; tells nobody",
    fullDescription: [
      "Prints the alert as a reader would see it, and for each destination that would be told the body of the request that",
      "opens the incident. Reads no secret: of addresses and keys it says where they are. The incident's number and the",
      "mark are stand-ins. With --json the body is the text that would be sent, byte for byte.",
    ].join("\n"),
  },
});

export const replayRoute = buildCommand({
  loader: async () => (await import("./replay.ts")).replay,
  parameters: {
    flags: {
      config,
      json,
      from: {
        kind: "parsed",
        parse: eventTime,
        brief: "Only alerts that happened at this time or later: 2026-11-20 or 2026-11-20T10:00:00Z",
        optional: true,
        placeholder: "TIME",
      },
      to: {
        kind: "parsed",
        parse: eventTime,
        brief: "Only alerts that happened before this time",
        optional: true,
        placeholder: "TIME",
      },
    },
    positional: {
      kind: "array",
      parameter: {
        brief: "Files of alerts, plain or packed (.gz), or folders such as Wazuh's logs/alerts",
        placeholder: "FILE",
        parse: word,
      },
    },
  },
  docs: {
    brief: "Say what the config would have made of past alerts; tells nobody",
    fullDescription: [
      "Runs the alerts through the policies in their own time, with a database that is thrown away and destinations that",
      "take everything. Prints incidents, messages and tickets a day, and the rules that make them. Calls nobody and",
      "touches no database of yours. Of a folder it takes Wazuh's dated files, in the order of their days. Ctrl-C ends it",
      "with what it knows by then, and exit code 1; nothing that can be read is 65, nothing to read 66.",
    ].join("\n"),
  },
});

export const testRoute = buildCommand({
  loader: async () => (await import("./test-policies.ts")).testPolicies,
  parameters: {
    flags: { config, json },
    positional: {
      kind: "array",
      parameter: {
        brief: "Files of tests, or folders, of which the files that end in .test.yaml are taken",
        placeholder: "FILE",
        parse: word,
      },
    },
  },
  docs: {
    brief: "Run tests of policies: alerts that are given, a clock, and what is expected; tells nobody",
    fullDescription: [
      "Each test runs the real decisions in a time of its own, with destinations that take everything, and compares the",
      "incidents and who is told what and when with what it expects. What differs is shown with its place in the file: -",
      "was expected and is not there, + is there and was not expected. The config is the one that the file names, or that",
      "of --config. Exit code 0: all passed. 1: a test failed. 65: a file is no test. 78: the config is wrong.",
    ].join("\n"),
  },
});

export const testAlertRoute = buildCommand({
  loader: async () => (await import("./test-alert.ts")).testAlert,
  parameters: {
    flags: {
      config,
      socket,
      json,
      policy: {
        kind: "parsed",
        parse: word,
        proposeCompletions: policyNames,
        brief: "Try the destinations of this policy, with an alert that looks like its own",
        optional: true,
        placeholder: "NAME",
      },
      rule: { kind: "parsed", parse: word, brief: "The alert's rule id", optional: true, placeholder: "ID" },
      level: { kind: "parsed", parse: level, brief: "The alert's level, 0 to 16", optional: true, placeholder: "N" },
      description: {
        kind: "parsed",
        parse: word,
        brief: "The alert's description; [TEST] is put before it",
        optional: true,
        placeholder: "TEXT",
      },
      field: {
        kind: "parsed",
        parse: fieldValue,
        brief: "Another field of it, such as data.srcip=192.0.2.1; may be given several times",
        optional: true,
        variadic: true,
        placeholder: "NAME=VALUE",
      },
      wait: {
        kind: "parsed",
        parse: waitMs,
        brief: "How long to wait until every destination has it",
        default: "30s",
        placeholder: "DURATION",
      },
    },
  },
  docs: {
    brief: "Send an alert that is marked as a test the way of all alerts, and say who got it",
    fullDescription: [
      "The running server makes the alert, and those are told who would be told of a real one: by the policy that is named,",
      "or by those that take an alert with these fields. Every destination shows [TEST] first. A test makes an incident of",
      "its own, joins no other, is never held back and never answered by an action, and ends by itself within a minute.",
      "Exit code 0: every destination has it. 69: one has not, yet or at all. 1: no policy takes it, or none tells anybody.",
    ].join("\n"),
  },
});
