import { buildCommand, buildRouteMap } from "@stricli/core";
import { config, json, newestFirst, socket, wholeNumber, word } from "./flags.ts";
import { sourceNames } from "./live-names.ts";

const source = {
  brief: "A source's name",
  placeholder: "SOURCE",
  parse: word,
  proposeCompletions: sourceNames,
} as const;

export const quarantineRoutes = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => (await import("./quarantine.ts")).list,
      parameters: {
        flags: {
          config,
          socket,
          json,
          limit: newestFirst,
        },
        positional: { kind: "tuple", parameters: [{ ...source, optional: true }] },
      },
      docs: {
        brief: "List the last lines that could not be read as alerts, of one source or of all",
        fullDescription: [
          "Of each source the last hundred that could not be read as alerts are kept, and of each its first 16 KiB.",
          "The list shows how they begin; riposte quarantine show has all that is kept.",
        ].join("\n"),
      },
    }),
    show: buildCommand({
      loader: async () => (await import("./quarantine.ts")).show,
      parameters: {
        flags: { config, socket, json },
        positional: {
          kind: "tuple",
          parameters: [source, { brief: "The line's number", placeholder: "LINE", parse: wholeNumber }],
        },
      },
      docs: { brief: "Show one of them in full" },
    }),
  },
  docs: { brief: "Lines that could not be read as alerts" },
});
