import { createInterface } from "node:readline/promises";
import { CommandError, EXIT } from "./exit-codes.ts";

/** Asks the person at the terminal. Where there is none, `--yes` has to say it. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new CommandError(
      EXIT.usage,
      "nobody is at a terminal to be asked: add --yes to do it, or --dry-run to see it",
    );
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^(?:y|yes)$/i.test((await lines.question(`riposte: ${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
