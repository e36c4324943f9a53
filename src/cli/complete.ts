import { proposeCompletions, type Application } from "@stricli/core";
import { visible } from "../core/visible.ts";
import type { CliContext } from "./context.ts";
import { completionScript, type Shell } from "./completion-script.ts";

/** Commands whose argument is a file, which the shell knows best. */
const TAKES_FILES: ReadonlySet<string> = new Set(["check", "explain", "preview", "replay"]);

export function printScript(this: CliContext, _flags: object, shell: Shell): void {
  this.process.stdout.write(completionScript(shell));
}

/** Prints what may stand in the place of the last word, one a line with a tab and what it is; nothing: a file may. */
export function completerOf(application: Application<CliContext>) {
  return async function complete(this: CliContext, _flags: object, ...words: readonly string[]): Promise<void> {
    const last = words.at(-1) ?? "";
    const context: CliContext = { ...this, completing: words };
    const found = (await proposeCompletions(application, words, context)).filter(
      ({ completion }) => completion !== "--",
    );
    const others = found.filter(({ kind }) => kind !== "argument:flag");
    // Flags are for whoever begins one, or has nothing else to say.
    const areFlagsMeant = last.startsWith("-") || (others.length === 0 && !TAKES_FILES.has(words[0] ?? ""));
    const shown = areFlagsMeant ? found : others;
    this.process.stdout.write(
      shown.map(({ completion, brief }) => `${visible(completion)}\t${visible(brief)}\n`).join(""),
    );
  };
}
