import { buildCommand, buildRouteMap } from "@stricli/core";
import { config, incidentNumber, json, socket, wholeNumber, word } from "./flags.ts";

/** `7` or `R7`, as responses are shown. */
function responseNumber(text: string): number {
  return wholeNumber(text.replace(/^[Rr]/, ""));
}

const one = {
  kind: "tuple",
  parameters: [{ brief: "The response's number", placeholder: "RESPONSE", parse: responseNumber }],
} as const;
const note = (brief: string) => ({ kind: "parsed", parse: word, brief, optional: true, placeholder: "TEXT" }) as const;

export const responseRoutes = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => (await import("./responses.ts")).list,
      parameters: {
        flags: {
          config,
          socket,
          json,
          show: {
            kind: "enum",
            values: ["waiting", "live", "all"],
            brief: "Those that wait for a yes, those that may be in force or begun, or all",
            default: "live",
          },
          incident: {
            kind: "parsed",
            parse: incidentNumber,
            brief: "Only those of this incident",
            optional: true,
            placeholder: "INCIDENT",
          },
          limit: {
            kind: "parsed",
            parse: wholeNumber,
            brief: "How many, newest first",
            default: "50",
            placeholder: "COUNT",
          },
        },
      },
      docs: { brief: "What should be in force, what is known to be, and what waits" },
    }),
    show: buildCommand({
      loader: async () => (await import("./responses.ts")).show,
      parameters: { flags: { config, socket, json }, positional: one },
      docs: { brief: "Show one response: what exactly, why or why not, and what came of it" },
    }),
    approve: buildCommand({
      loader: async () => (await import("./responses.ts")).approve,
      parameters: {
        flags: {
          config,
          socket,
          json,
          digest: {
            kind: "parsed",
            parse: word,
            brief: "The digest of what was shown; without it the response is shown and asked about",
            optional: true,
            placeholder: "DIGEST",
          },
        },
        positional: one,
      },
      docs: { brief: "Say yes to a response, and to nothing but what is shown of it" },
    }),
    refuse: buildCommand({
      loader: async () => (await import("./responses.ts")).refuse,
      parameters: { flags: { config, socket, json, note: note("Why, for those who are told") }, positional: one },
      docs: { brief: "Say no to a response that was not sent yet" },
    }),
    lift: buildCommand({
      loader: async () => (await import("./responses.ts")).lift,
      parameters: {
        flags: {
          config,
          socket,
          json,
          done: { kind: "boolean", brief: "It was done by hand on the agent", default: false, withNegated: false },
        },
        positional: one,
      },
      docs: { brief: "Take a response back now" },
    }),
    stop: buildCommand({
      loader: async () => (await import("./responses.ts")).stop,
      parameters: {
        flags: {
          config,
          socket,
          json,
          resume: { kind: "boolean", brief: "Take the stop back", default: false, withNegated: false },
          why: note("Why, for the audit"),
        },
      },
      docs: {
        brief: "The kill switch: begin no response any more",
        fullDescription:
          "All that wait are refused, and nothing new is begun until --resume. What is in force is still lifted in its time.",
      },
    }),
  },
  docs: { brief: "What Riposte does about incidents, and the kill switch" },
});
