import type { CliContext } from "./context.ts";
import { paintFor, type Paint } from "./terminal.ts";

/** Data goes to standard output: as JSON for machines, or as the renderer lays it out for a reader. */
export function print<Data>(
  context: CliContext,
  flags: { readonly json: boolean },
  data: Data,
  render: (data: Data, paint: Paint) => string,
): void {
  const { stdout, env } = context.process;
  stdout.write(flags.json ? `${jsonText(data)}\n` : render(data, paintFor(stdout, env)));
}

/** The same data, and nothing in it that a terminal obeys or that turns the reading order around. */
export function jsonText(data: unknown): string {
  return JSON.stringify(data, null, 2).replace(UNSEEN, (found) =>
    Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}

// What JSON leaves as it is: DEL, C1 controls, separators, marks that reorder or hide text, and tags.
const UNSEEN =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Talk goes to standard error. */
export function say(context: CliContext, sentence: string): void {
  context.process.stderr.write(`riposte: ${sentence}\n`);
}
