import { buildCommand, buildRouteMap } from "@stricli/core";
import { config, incidentNumber, json, newestFirst, socket, word } from "./flags.ts";

export const auditRoutes = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => (await import("./audit.ts")).audit,
      parameters: { flags: { config, socket, json, limit: newestFirst } },
      docs: { brief: "What people did and what was decided of responses, newest first" },
    }),
    verify: buildCommand({
      loader: async () => (await import("./audit-verify.ts")).auditVerify,
      parameters: {
        flags: {
          config,
          json,
          key: {
            kind: "parsed",
            parse: word,
            brief: "A public key of Ed25519 in PEM that seals are to be signed with; may be given again",
            optional: true,
            variadic: true,
            placeholder: "FILE",
          },
          seal: {
            kind: "parsed",
            parse: keptSeal,
            brief: "A seal that was kept elsewhere, as SEGMENT:HASH; may be given again",
            optional: true,
            variadic: true,
            placeholder: "SEAL",
          },
        },
        positional: {
          kind: "tuple",
          parameters: [
            {
              brief: "An export, its folder or its .tar, or a database's file; without it the store of the config",
              placeholder: "PLACE",
              parse: word,
              optional: true,
            },
          ],
        },
      },
      docs: {
        brief: "Whether the audit is what was written; a server may run or not",
        fullDescription: [
          "Ends with 0 where all that is there is as it was sealed, and with 1 where something differs: the first such",
          "row and segment are named. A backup is verified by its file, an export by its folder or archive.",
        ].join("\n"),
      },
    }),
    export: buildCommand({
      loader: async () => (await import("./audit-export.ts")).auditExport,
      parameters: {
        flags: {
          config,
          json,
          out: { kind: "parsed", parse: word, brief: "A folder to make, or a .tar", placeholder: "PLACE" },
        },
        positional: {
          kind: "tuple",
          parameters: [
            {
              brief: "The incident; without it all of the audit",
              placeholder: "INCIDENT",
              parse: incidentNumber,
              optional: true,
            },
          ],
        },
      },
      docs: {
        brief: "Evidence to hand out: the audit of an incident with its seals, and a script that checks it",
        fullDescription:
          "Reads the store itself; a server may run or not. What is in it and what it proves says its README.txt.",
      },
    }),
  },
  defaultCommand: "list",
  docs: { brief: "What people did and what was decided of responses; whether it is what was written; evidence" },
});

/** As a log line, a metric or `riposte status` had it: `12:9f86d0…`, at least sixteen digits of it. */
function keptSeal(text: string): { readonly segment: number; readonly hash: string } {
  const [, segment, hash] = /^(\d{1,9}):([0-9a-f]{16,64})$/.exec(text) ?? [];
  if (segment === undefined || hash === undefined)
    throw new Error("must be SEGMENT:HASH. Example: 12:9f86d081884c7d65");
  return { segment: Number(segment), hash };
}
