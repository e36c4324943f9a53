// The commands of `riposte`: names, flags and words of help. What a command does is in a file of its own and is
// loaded only when it is asked for, so that starting costs nothing for what is not used.
import { type Application, buildApplication, buildCommand, buildRouteMap, type RouteMap } from "@stricli/core";
import { alertRoutes } from "./alert-routes.ts";
import { auditRoutes } from "./audit-routes.ts";
import { completeRoute, completionRoute } from "./completion-routes.ts";
import type { CliContext } from "./context.ts";
import { config, json, lastGood, logFlag, logFormatFlag, socket, word } from "./flags.ts";
import { doctorRoutes } from "./doctor-routes.ts";
import { forwardRoute } from "./forward-route.ts";
import { initRoute, tuneRoute } from "./init-routes.ts";
import { incidentRoutes } from "./incident-routes.ts";
import { manners } from "./manners.ts";
import { secretsRoutes } from "./secrets-routes.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import { previewRoute, replayRoute, testAlertRoute, testRoute } from "./trial-routes.ts";
import { importRoute, takeoverRoute } from "./ossec-routes.ts";
import { responseRoutes } from "./response-routes.ts";
import { silenceRoutes } from "./silence-routes.ts";
import { workRoutes } from "./work-routes.ts";

export function buildRiposte(version: string): Application<CliContext> {
  const root: RouteMap<CliContext> = buildRouteMap<string, CliContext>({
    routes: {
      serve: serveRoute,
      start: startRoute,
      forward: forwardRoute,
      init: initRoute,
      check: checkRoute,
      doctor: doctorRoutes,
      secrets: secretsRoutes,
      import: importRoute,
      takeover: takeoverRoute,
      explain: explainRoute,
      preview: previewRoute,
      replay: replayRoute,
      test: testRoute,
      tune: tuneRoute,
      "test-alert": testAlertRoute,
      status: statusRoute,
      incidents: incidentRoutes,
      alerts: alertRoutes,
      work: workRoutes,
      responses: responseRoutes,
      silence: silenceRoutes,
      sources: sourcesRoute,
      quarantine: quarantineRoutes,
      audit: auditRoutes,
      openapi: openApiRoute,
      backup: backupRoute,
      restore: restoreRoute,
      completion: completionRoute,
      __complete: completeRoute(() => application),
    },
    docs: {
      hideRoute: { __complete: true },
      brief: "Answers Wazuh alerts: few incidents, Slack told, one ticket, nothing lost",
      fullDescription: [
        "Riposte reads the alerts that a Wazuh manager writes, turns them into few incidents and tells those who",
        "should know. Data goes to standard output and talk to standard error; --json gives the data for machines.",
        "Exit codes and every flag: docs/reference/cli.md",
      ].join("\n"),
    },
  });
  const application: Application<CliContext> = buildApplication(root, manners(version));
  return application;
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
      strict: {
        kind: "boolean",
        brief: "Warnings are mistakes as well: exit code 78",
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

const openApiRoute = buildCommand({
  loader: async () => (await import("./openapi.ts")).openApi,
  parameters: {},
  docs: {
    brief: "Print the description of the HTTP API, as OpenAPI 3.1",
    fullDescription: "A server gives the same at GET /v1/openapi.json. docs/reference/api.md is the short form.",
  },
});

const backupRoute = buildCommand({
  loader: async () => (await import("./backup.ts")).backup,
  parameters: {
    flags: {
      config,
      json,
      force: { kind: "boolean", brief: "Replace a file that is there already", default: false, withNegated: false },
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "The file to make, on any disk", placeholder: "TO", parse: word }],
    },
  },
  docs: {
    brief: "Copy the database into one file, while a server works on it or with none",
    fullDescription: [
      "The copy gets its name once it is whole, looked through and on the disk; nobody has to wait for it meanwhile.",
      "With PostgreSQL as the store it says which pg_dump command does this, and ends with 1.",
    ].join("\n"),
  },
});

const restoreRoute = buildCommand({
  loader: async () => (await import("./restore.ts")).restore,
  parameters: {
    flags: {
      config,
      json,
      inPlace: {
        kind: "boolean",
        brief: "An older state is in place already (pg_restore, a snapshot of the disk): only write that down",
        default: false,
        withNegated: false,
      },
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "The backup, which stays as it is", placeholder: "FROM", parse: word, optional: true }],
    },
  },
  docs: {
    brief: "Put a backup in the place of the database; no server may run",
    fullDescription: [
      "What was there is kept beside it. Alerts since the backup are read again, and what may have been told before",
      "is marked as a possible repeat. With PostgreSQL as the store it says which pg_restore command to use, and ends",
      "with 1; --in-place is for after that.",
    ].join("\n"),
  },
});
