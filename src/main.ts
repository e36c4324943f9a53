// The process's edge: arguments in, exit code out, signals, and what nobody caught.
import { readFileSync } from "node:fs";
import { run } from "@stricli/core";
import { buildRiposte } from "./cli/application.ts";
import type { CliContext } from "./cli/context.ts";
import { EXIT } from "./cli/exit-codes.ts";

process.on("uncaughtException", endOfABug);
process.on("unhandledRejection", endOfABug);
// A reader that has seen enough (`riposte work list | head`) closes the pipe: nothing is wrong then.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.bug);
});

const context: CliContext = {
  process,
  version: versionOf(),
  readStdin,
  askedToStop,
};
await run(buildRiposte(context.version), process.argv.slice(2), context);
process.exitCode = ownExitCode(process.exitCode);

/** The command line library has negative numbers for what it found wrong itself. */
function ownExitCode(code: typeof process.exitCode): number {
  const number = Number(code ?? EXIT.ok);
  // Unknown command (-5) and arguments that can't be parsed (-4).
  if (number === -5 || number === -4) return EXIT.usage;
  return number < 0 ? EXIT.bug : number;
}

function endOfABug(error: unknown): void {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`riposte: this is a bug in Riposte. Please report it with these lines:\n${trace}\n`);
  process.exit(EXIT.bug);
}

function askedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15]] as const) {
      process.on(signal, () => {
        if (asked) process.exit(128 + number);
        asked = true;
        resolve(signal);
      });
    }
  });
}

async function readStdin(mostBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function versionOf(): string {
  // Beside src/ and beside dist/ alike.
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
