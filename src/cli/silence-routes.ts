import { buildCommand, buildRouteMap } from "@stricli/core";
import { config, fieldValue, incidentNumber, json, lasting, socket, wholeNumber, word } from "./flags.ts";

const silence = { brief: "The silence's number", placeholder: "SILENCE", parse: wholeNumber } as const;
const one = { kind: "tuple", parameters: [silence] } as const;

export const silenceRoutes = buildRouteMap({
  routes: {
    add: buildCommand({
      loader: async () => (await import("./silence.ts")).add,
      parameters: {
        flags: {
          config,
          socket,
          json,
          for: { kind: "parsed", parse: lasting, brief: "How long: 30m, 4h, 7d", optional: true, placeholder: "TIME" },
          incident: {
            kind: "parsed",
            parse: incidentNumber,
            brief: "One incident, instead of matchers",
            optional: true,
            placeholder: "INCIDENT",
          },
          untilResolved: {
            kind: "boolean",
            brief: "Until the incident is over, instead of for a time",
            default: false,
            withNegated: false,
          },
          when: {
            kind: "parsed",
            parse: word,
            brief: "A whole condition, as `when` of a policy has it, in YAML or JSON",
            optional: true,
            placeholder: "CONDITION",
          },
          comment: { kind: "parsed", parse: word, brief: "Why, for others", optional: true, placeholder: "TEXT" },
          everything: {
            kind: "boolean",
            brief: "Yes, also where it matches everything",
            default: false,
            withNegated: false,
          },
        },
        positional: {
          kind: "array",
          parameter: {
            brief: "What incidents must have: policy=agent-lost, severity=low, agent.id=001, rule.level='>= 10'",
            placeholder: "FIELD=VALUE",
            parse: fieldValue,
          },
        },
      },
      docs: {
        brief: "Have some incidents not told for a while",
        fullDescription: [
          "All of the matchers must hold; several of one field are alternatives. Values are as in `when` of a policy, for",
          "fields of the first alert and for policy, severity and incident. Incidents go on as ever; what was told is kept",
          "up to date and is told to be over. What is still true when the silence ends is told then, once.",
        ].join("\n"),
      },
    }),
    list: buildCommand({
      loader: async () => (await import("./silence.ts")).list,
      parameters: {
        flags: {
          config,
          socket,
          json,
          over: { kind: "boolean", brief: "Those that are over as well", default: false, withNegated: false },
          limit: { kind: "parsed", parse: wholeNumber, brief: "How many", default: "50", placeholder: "COUNT" },
        },
      },
      docs: { brief: "List silences, those that end first at the top" },
    }),
    show: buildCommand({
      loader: async () => (await import("./silence.ts")).show,
      parameters: { flags: { config, socket, json }, positional: one },
      docs: { brief: "Show one silence, and the open incidents that it hides" },
    }),
    expire: buildCommand({
      loader: async () => (await import("./silence.ts")).expire,
      parameters: { flags: { config, socket, json }, positional: one },
      docs: { brief: "End a silence now: what it hid and is still true is told" },
    }),
  },
  docs: { brief: "What is not to be told for a while" },
});
