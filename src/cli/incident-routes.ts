import { buildCommand, buildRouteMap } from "@stricli/core";
import { SEVERITIES } from "../core/severity.ts";
import { config, incidentNumber, json, newestFirst, socket, word } from "./flags.ts";
import { policyNames } from "./live-names.ts";

const incident = { brief: "The incident's number", placeholder: "INCIDENT", parse: incidentNumber } as const;

export const incidentRoutes = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => (await import("./incidents.ts")).list,
      parameters: {
        flags: {
          config,
          socket,
          json,
          state: {
            kind: "enum",
            values: ["unresolved", "pending", "open", "acknowledged", "resolved", "all"],
            brief: "Only those in this state",
            default: "unresolved",
          },
          policy: {
            kind: "parsed",
            parse: word,
            proposeCompletions: policyNames,
            brief: "Only those of this policy",
            optional: true,
            placeholder: "NAME",
          },
          toldIn: {
            kind: "parsed",
            parse: incidentNumber,
            brief: "Only those that are told in this mass event",
            optional: true,
            placeholder: "INCIDENT",
          },
          severity: { kind: "enum", values: [...SEVERITIES], brief: "Only those of this severity", optional: true },
          limit: newestFirst,
          before: {
            kind: "parsed",
            parse: incidentNumber,
            brief: "Only those with a smaller number",
            optional: true,
            placeholder: "INCIDENT",
          },
        },
      },
      docs: { brief: "List incidents, newest first" },
    }),
    show: buildCommand({
      loader: async () => (await import("./incidents.ts")).show,
      parameters: { flags: { config, socket, json }, positional: { kind: "tuple", parameters: [incident] } },
      docs: { brief: "Show one incident: what happened, who was told, what waits and why" },
    }),
    ack: buildCommand({
      loader: async () => (await import("./incidents.ts")).acknowledge,
      parameters: { flags: { config, socket, json }, positional: { kind: "tuple", parameters: [incident] } },
      docs: { brief: "Say that you are looking at it" },
    }),
    resolve: buildCommand({
      loader: async () => (await import("./incidents.ts")).resolve,
      parameters: {
        flags: {
          config,
          socket,
          json,
          note: {
            kind: "parsed",
            parse: word,
            brief: "What it was, for those who were told of it",
            optional: true,
            placeholder: "TEXT",
          },
        },
        positional: { kind: "tuple", parameters: [incident] },
      },
      docs: { brief: "Say that it is over" },
    }),
    tick: buildCommand({
      loader: async () => (await import("./incidents.ts")).tick,
      parameters: {
        flags: {
          config,
          socket,
          json,
          undo: { kind: "boolean", brief: "It is not done after all", default: false, withNegated: false },
        },
        positional: {
          kind: "tuple",
          parameters: [incident, { brief: "The step's number", placeholder: "STEP", parse: incidentNumber }],
        },
      },
      docs: { brief: "Say that a step of its playbook is done" },
    }),
    assign: buildCommand({
      loader: async () => (await import("./incidents.ts")).assign,
      parameters: {
        flags: {
          config,
          socket,
          json,
          nobody: { kind: "boolean", brief: "Nobody has it any more", default: false, withNegated: false },
        },
        positional: {
          kind: "tuple",
          parameters: [
            incident,
            { brief: "Who has it; you, if not said", placeholder: "NAME", parse: word, optional: true },
          ],
        },
      },
      docs: { brief: "Say who has it" },
    }),
  },
  docs: { brief: "What people work on" },
});
