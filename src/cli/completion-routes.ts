import { type Application, buildChoiceParser, buildCommand } from "@stricli/core";
import { SHELLS } from "./completion-script.ts";
import type { CliContext } from "./context.ts";

export const completionRoute = buildCommand({
  loader: async () => (await import("./complete.ts")).printScript,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: `The shell: ${SHELLS.join(", ")}`,
          placeholder: "SHELL",
          parse: buildChoiceParser(SHELLS),
          proposeCompletions: (partial: string) => SHELLS.filter((shell) => shell.startsWith(partial)),
        },
      ],
    },
  },
  docs: {
    brief: "Print a script with which the shell completes commands, flags and names from the config",
    fullDescription: [
      "For bash, in ~/.bashrc: source <(riposte completion bash)",
      "For zsh, in ~/.zshrc after compinit: source <(riposte completion zsh)",
      "For fish, in ~/.config/fish/config.fish: riposte completion fish | source",
    ].join("\n"),
  },
});

/** Asked by the scripts, with the words of a command line up to the one that is typed. */
export function completeRoute(application: () => Application<CliContext>) {
  return buildCommand({
    loader: async () => (await import("./complete.ts")).completerOf(application()),
    parameters: {
      positional: {
        kind: "array",
        parameter: { brief: "The words", placeholder: "WORD", parse: (text: string) => text },
      },
    },
    docs: { brief: "What may stand in the place of the last word" },
  });
}
