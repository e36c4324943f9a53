// The commands of `riposte`: names, flags and words of help. What a command does is in a file of its own and is
// loaded only when it is asked for, so that starting costs nothing for what is not used.
import { type Application, buildApplication, buildCommand, buildRouteMap, text_en } from "@stricli/core";
import type { CliContext } from "./context.ts";
import { CommandError, exitCodeOf } from "./exit-codes.ts";
import { config, eventTime, fieldValue, json, lastGood, level, socket, waitMs, word, wholeNumber } from "./flags.ts";
import { incidentRoutes } from "./incident-routes.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import { workRoutes } from "./work-routes.ts";

export function buildRiposte(version: string): Application<CliContext> {
  const root = buildRouteMap<string, CliContext>({
    routes: {
      serve: serveRoute,
      start: startRoute,
      check: checkRoute,
      explain: explainRoute,
      preview: previewRoute,
      replay: replayRoute,
      "test-alert": testAlertRoute,
      status: statusRoute,
      incidents: incidentRoutes,
      work: workRoutes,
      sources: sourcesRoute,
      quarantine: quarantineRoutes,
      audit: auditRoute,
    },
    docs: {
      brief: "Answers Wazuh alerts: few incidents, Slack told, one ticket, nothing lost",
      fullDescription: [
        "Riposte reads the alerts that a Wazuh manager writes, turns them into few incidents and tells those who",
        "should know. Data goes to standard output and talk to standard error; --json gives the data for machines.",
        "Exit codes and every flag: docs/reference/cli.md",
      ].join("\n"),
    },
  });
  return buildApplication(root, {
    name: "riposte",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    determineExitCode: exitCodeOf,
    localization: {
      text: {
        ...text_en,
        commandErrorResult: (error) => said(error),
        exceptionWhileRunningCommand: (error) => said(error),
        exceptionWhileLoadingCommandFunction: (error) => said(error),
        exceptionWhileLoadingCommandContext: (error) => said(error),
      },
    },
  });
}

/** An expected end is one sentence; anything else is a bug, and its stack is what a report of it needs. */
function said(error: unknown): string {
  if (error instanceof CommandError) return `riposte: ${error.message}`;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `riposte: this is a bug in Riposte. Please report it with these lines:\n${trace}`;
}

const serveRoute = buildCommand({
  loader: async () => (await import("./serve.ts")).serve,
  parameters: { flags: { config, lastGood, log: logFlag(), logFormat: logFormatFlag() } },
  docs: {
    brief: "Read alerts and tell, until asked to stop",
    fullDescription: [
      "Runs in the foreground. SIGTERM or SIGINT ends it in order; a second one ends it at once. A config that changes",
      "is applied within seconds, or at once on SIGHUP; one that is wrong changes nothing and is told in the log.",
    ].join("\n"),
  },
});

const startRoute = buildCommand({
  loader: async () => (await import("./start.ts")).start,
  parameters: { flags: { config, lastGood, log: logFlag(), logFormat: logFormatFlag() } },
  docs: {
    brief: "Try it: without --config against a built-in sandbox, with it the same as serve",
    fullDescription: [
      "Without --config it starts stand-ins for Slack and Jira with a page on localhost that shows them, and a feeder",
      "that keeps appending sample alerts; then it serves a config written for them. All of it lives in ./.riposte",
    ].join("\n"),
  },
});

const checkRoute = buildCommand({
  loader: async () => (await import("./check.ts")).check,
  parameters: {
    flags: {
      json,
      online: {
        kind: "boolean",
        brief: "Also ask each destination whether it can be used; shows nothing to anybody",
        default: false,
        withNegated: false,
      },
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "The config to check", placeholder: "CONFIG", parse: word, optional: true }],
    },
  },
  docs: { brief: "Check a config: every mistake with file, line and column" },
});

const explainRoute = buildCommand({
  loader: async () => (await import("./explain.ts")).explain,
  parameters: {
    flags: { config, json },
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
  docs: { brief: "Say what the policies make of one alert, and why; tells nobody" },
});

const previewRoute = buildCommand({
  loader: async () => (await import("./preview.ts")).preview,
  parameters: {
    flags: {
      config,
      json,
      destination: {
        kind: "parsed",
        parse: word,
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

const replayRoute = buildCommand({
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

const testAlertRoute = buildCommand({
  loader: async () => (await import("./test-alert.ts")).testAlert,
  parameters: {
    flags: {
      config,
      socket,
      json,
      policy: {
        kind: "parsed",
        parse: word,
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

const statusRoute = buildCommand({
  loader: async () => (await import("./status.ts")).status,
  parameters: { flags: { config, socket, json } },
  docs: {
    brief: "Did the message go out? Is this the only ticket? Did the block take effect? Will it be lifted?",
  },
});

const sourcesRoute = buildCommand({
  loader: async () => (await import("./sources.ts")).sources,
  parameters: { flags: { config, socket, json } },
  docs: { brief: "How far each source was read, and what became of every line" },
});

const auditRoute = buildCommand({
  loader: async () => (await import("./audit.ts")).audit,
  parameters: {
    flags: {
      config,
      socket,
      json,
      limit: {
        kind: "parsed",
        parse: wholeNumber,
        brief: "How many, newest first",
        default: "50",
        placeholder: "COUNT",
      },
    },
  },
  docs: { brief: "What people did, newest first" },
});

function logFlag() {
  return {
    kind: "enum",
    values: ["debug", "info", "warn", "error"],
    brief: "Say this and what is worse",
    default: "info",
  } as const;
}

function logFormatFlag() {
  return {
    kind: "enum",
    values: ["json", "text"],
    brief: "Log lines for machines or for people; text at a terminal, else json",
    optional: true,
  } as const;
}
