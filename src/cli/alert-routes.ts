import { buildCommand, buildRouteMap } from "@stricli/core";
import { DISPOSITION_WORDS } from "./disposition-words.ts";
import { config, incidentNumber, json, newestFirst, sinceTime, socket, word } from "./flags.ts";

const id = { brief: "The alert's id, as Wazuh gave it", placeholder: "ID", parse: word } as const;

export const alertRoutes = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => (await import("./alerts.ts")).list,
      parameters: {
        flags: {
          config,
          socket,
          json,
          incident: {
            kind: "parsed",
            parse: incidentNumber,
            brief: "Only those of this incident",
            optional: true,
            placeholder: "INCIDENT",
          },
          rule: { kind: "parsed", parse: word, brief: "Only those of this rule", optional: true, placeholder: "ID" },
          agent: { kind: "parsed", parse: word, brief: "Only those of this agent", optional: true, placeholder: "ID" },
          since: {
            kind: "parsed",
            parse: sinceTime,
            brief: "Only what happened since then: 2h, 2026-11-20, 2026-11-20T10:00:00Z",
            optional: true,
            placeholder: "TIME",
          },
          disposition: {
            kind: "parsed",
            parse: disposition,
            proposeCompletions: () => Object.keys(DISPOSITION_WORDS),
            brief: "Only those that ended like this: joined, ledger_only, … (docs/reference/ledger.md)",
            optional: true,
            placeholder: "NAME",
          },
          limit: newestFirst,
        },
      },
      docs: { brief: "List the ledger: kept alerts and how each of them ended, newest first" },
    }),
    show: buildCommand({
      loader: async () => (await import("./alerts.ts")).show,
      parameters: {
        flags: {
          config,
          socket,
          json,
          origin: {
            kind: "parsed",
            parse: word,
            brief: "Only that of this node, where several gave one the same id",
            optional: true,
            placeholder: "CLUSTER/NODE",
          },
        },
        positional: { kind: "tuple", parameters: [id] },
      },
      docs: { brief: "Show what became of one alert: who took it, who was told, what was done, and why not" },
    }),
  },
  docs: { brief: "The ledger: every alert that was kept" },
});

function disposition(text: string): string {
  const names = Object.keys(DISPOSITION_WORDS);
  if (!names.includes(text)) throw new Error(`must be one of ${names.join(", ")}`);
  return text;
}
