import { buildCommand, buildRouteMap } from "@stricli/core";
import { config, incidentNumber, json, socket, wholeNumber, word } from "./flags.ts";
import { destinationNames } from "./live-names.ts";

const incident = { brief: "The incident's number", placeholder: "INCIDENT", parse: incidentNumber } as const;
const destination = {
  brief: "The destination's name",
  placeholder: "DESTINATION",
  parse: word,
  proposeCompletions: destinationNames,
} as const;
const one = { kind: "tuple", parameters: [incident, destination] } as const;

export const workRoutes = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => (await import("./work.ts")).list,
      parameters: {
        flags: {
          config,
          socket,
          json,
          state: {
            kind: "enum",
            values: ["ready", "sending", "unknown", "watched", "listed", "shadow", "hushed", "dead"],
            brief: "Only work in this state",
            optional: true,
          },
          destination: {
            kind: "parsed",
            parse: word,
            proposeCompletions: destinationNames,
            brief: "Only work of this destination",
            optional: true,
            placeholder: "NAME",
          },
          limit: { kind: "parsed", parse: wholeNumber, brief: "How many", default: "50", placeholder: "COUNT" },
        },
      },
      docs: { brief: "List what destinations do not show yet, and why" },
    }),
    show: buildCommand({
      loader: async () => (await import("./work.ts")).show,
      parameters: { flags: { config, socket, json }, positional: one },
      docs: { brief: "Show what one destination has of an incident: receipt, work, every attempt" },
    }),
    retry: buildCommand({
      loader: async () => (await import("./work.ts")).retry,
      parameters: {
        flags: {
          config,
          socket,
          json,
          dead: {
            kind: "parsed",
            parse: word,
            proposeCompletions: destinationNames,
            brief: "All dead letters of this destination, instead of one",
            optional: true,
            placeholder: "DESTINATION",
          },
        },
        positional: {
          kind: "tuple",
          parameters: [
            { ...incident, optional: true },
            { ...destination, optional: true },
          ],
        },
      },
      docs: { brief: "Try again now; dead letters come back to life" },
    }),
    drop: buildCommand({
      loader: async () => (await import("./work.ts")).drop,
      parameters: { flags: { config, socket, json }, positional: one },
      docs: { brief: "Give up telling a destination of an incident; it stays visible as a dead letter" },
    }),
  },
  docs: { brief: "What is still to be told, and what could not be" },
});
