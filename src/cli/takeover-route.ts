import { buildCommand } from "@stricli/core";
import { config, json, word } from "./flags.ts";

export const takeoverRoute = buildCommand({
  loader: async () => (await import("./takeover.ts")).takeover,
  parameters: {
    flags: {
      config,
      json,
      yes: { kind: "boolean", brief: "Do it without asking", default: false, withNegated: false },
      dryRun: { kind: "boolean", brief: "Only show what would be done", default: false, withNegated: false },
      undo: { kind: "boolean", brief: "Put back what the last takeover moved", default: false, withNegated: false },
    },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "Wazuh's configuration; without it the ossec_conf of the config",
          placeholder: "OSSEC_CONF",
          parse: word,
          optional: true,
        },
      ],
    },
  },
  docs: {
    brief: "Move <integration> blocks from ossec.conf to Riposte, so that each is sent by one of the two",
    fullDescription: [
      "Moves the blocks that Riposte can send to a file that only Riposte reads, and leaves every other byte of",
      "ossec.conf, its owner and its mode as they are. Shows first what goes, with the secrets hidden, and asks. A copy",
      "of before is kept beside it; --undo puts the blocks back where they stood. integratord reads its file when it",
      "starts: restart the manager afterwards, until then it sends them as well.",
    ].join("\n"),
  },
});
