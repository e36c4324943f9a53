import { type PartialApplicationConfiguration, text_en } from "@stricli/core";
import { CommandError, exitCodeOf } from "./exit-codes.ts";

/** How every command reads its arguments and says what went wrong. */
export function manners(version: string): PartialApplicationConfiguration {
  return {
    name: "riposte",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    determineExitCode: exitCodeOf,
    localization: {
      text: {
        ...text_en,
        commandErrorResult: (error) => said(error),
        exceptionWhileRunningCommand: (error) => said(error),
        exceptionWhileLoadingCommandFunction: (error) => said(error),
        exceptionWhileLoadingCommandContext: (error) => said(error),
      },
    },
  };
}

/** An expected end is one sentence; anything else is a bug, and its stack is what a report of it needs. */
function said(error: unknown): string {
  if (error instanceof CommandError) return `riposte: ${error.message}`;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `riposte: this is a bug in Riposte. Please report it with these lines:\n${trace}`;
}
