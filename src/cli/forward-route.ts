import { buildCommand } from "@stricli/core";
import { logFlag, logFormatFlag, word } from "./flags.ts";

export const forwardRoute = buildCommand({
  loader: async () => (await import("./forward.ts")).forward,
  parameters: {
    flags: {
      config: said(
        "FILE",
        "Settings, one key: value a line; flags count before RIPOSTE_FORWARD_… and that before the file",
      ),
      alerts: said("PATH", "The file to follow; without it /var/ossec/logs/alerts/alerts.json"),
      to: said("URL", "Where Riposte listens: https://riposte.example.net:8443"),
      tokenFile: said("FILE", "Holds the token that Riposte knows this sender by; read anew as it changes"),
      ca: said("FILE", "Trust this CA, and no other, to say who Riposte is"),
      cert: said("FILE", "A client certificate to show, with --key"),
      key: said("FILE", "The key of --cert"),
      state: said("FOLDER", "Where to keep how far it has come; without it /var/lib/riposte-forward"),
      node: said("NAME", "CLUSTER/NODE as this node's alerts have it, so that Riposte notices when it goes quiet"),
      start: said("WHERE", "Where the first run begins: end (if not said), beginning, or a time with its zone"),
      compress: said("HOW", "zstd (if not said), gzip or off"),
      tls: said("off", "Allow http: to another machine, where something else encrypts"),
      check: {
        kind: "boolean",
        brief: "Only ask the server once whether it is there and lets this sender in, and look at the file",
        default: false,
        withNegated: false,
      },
      log: logFlag(),
      logFormat: logFormatFlag(),
    },
  },
  docs: {
    brief: "On a manager node: follow alerts.json and send it to a Riposte elsewhere, until asked to stop",
    fullDescription: [
      "Needs no more than 64 MB and keeps no alert: what the server's policies can't want is not sent, everything else",
      "until the server says that it has it. While the server is away it waits, and drops nothing. SIGTERM or SIGINT",
      "ends it in order. --check ends with 0, or with 66 (no file), 69 (no answer) or 77 (not let in).",
    ].join("\n"),
  },
});

function said(placeholder: string, brief: string) {
  return { kind: "parsed", parse: word, brief, optional: true, placeholder } as const;
}
