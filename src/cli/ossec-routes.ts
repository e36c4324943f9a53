import { buildCommand } from "@stricli/core";
import { config, eventTime, json, word } from "./flags.ts";

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
      "of before is kept beside it; --undo puts the blocks back where they stood. Then waits up to 20 s until the running",
      "Riposte has noticed, and ends with 69 where none does. integratord reads its file when it starts: restart the",
      "manager afterwards, until then it sends them as well.",
    ].join("\n"),
  },
});

export const importRoute = buildCommand({
  loader: async () => (await import("./import-conf.ts")).importConf,
  parameters: {
    flags: {
      json,
      out: {
        kind: "parsed",
        parse: word,
        brief: "The config to write; a file that is there is not replaced",
        optional: true,
        placeholder: "FILE",
      },
      alerts: {
        kind: "parsed",
        parse: word,
        brief: "Where Wazuh keeps its alerts; without it logs/alerts beside the folder of ossec.conf",
        optional: true,
        placeholder: "FOLDER",
      },
      from: {
        kind: "parsed",
        parse: eventTime,
        brief: "Only alerts that happened at this time or later; without it of the last seven days",
        optional: true,
        placeholder: "TIME",
      },
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "Wazuh's configuration", placeholder: "OSSEC_CONF", parse: word }],
    },
  },
  docs: {
    brief: "Make a config of an ossec.conf, and say what its blocks would have sent over the last days",
    fullDescription: [
      "For each <integration> block: how often integratord would have called its script and what Riposte would have sent",
      "instead, day by day, and which of its rules can't ever fire and why. Calls nobody, and writes nothing but --out.",
    ].join("\n"),
  },
});
