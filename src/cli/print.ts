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
  stdout.write(flags.json ? `${JSON.stringify(data, null, 2)}\n` : render(data, paintFor(stdout, env)));
}

/** Talk goes to standard error. */
export function say(context: CliContext, sentence: string): void {
  context.process.stderr.write(`riposte: ${sentence}\n`);
}
