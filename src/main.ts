// The process's edge: arguments in, exit code out, signals, and what nobody caught.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import type { Application } from "@stricli/core";
import type { CliContext } from "./cli/context.ts";
import { EXIT } from "./cli/exit-codes.ts";

// It runs on a manager, and loads as little as it can.
const isForwarder = process.argv[2] === "forward";
if (isForwarder) (await import("./app/small-process.ts")).beginSmall();
else {
  (await import("./app/young-space.ts")).keepYoungSpaceSmall();
  keepCompiledCode();
}
// The forwarder has one secret, which its own log takes out.
const scrub = isForwarder ? (text: string) => text : (await import("./app/overheard.ts")).overheard.scrub;
let tellOfBug = (error: unknown): void => {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(scrub(`riposte: this is a bug in Riposte. Please report it with these lines:\n${trace}\n`));
};
process.on("uncaughtException", endOfABug);
process.on("unhandledRejection", endOfABug);
// Whoever can't be told anything is left alone: what is done goes on.
process.stderr.on("error", () => {});
// A reader that has seen enough (`riposte work list | head`) closes the pipe: nothing is wrong then.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  const why = error.code ?? error.name;
  process.stderr.write(`riposte: the output can't be written (${why}): make room there, or send it elsewhere\n`);
  process.exit(EXIT.cantCreate);
});

// Heard from the start on by whoever will hear it once he runs: until then it would end him.
let hasBeenAskedToReload = false;
let reload = (): void => void (hasBeenAskedToReload = true);
if (["serve", "start"].includes(process.argv[2] ?? "")) process.on("SIGHUP", () => reload());

const { version } = await import("./app/version.ts");
const edge: CliContext["process"] = {
  stdout: process.stdout,
  stderr: scrubbed(process.stderr),
  env: process.env,
  exitCode: null,
};
const context: CliContext = {
  process: edge,
  version,
  readStdin,
  askedToStop,
  askedToReload,
  tellBugsTo(tell) {
    tellOfBug = tell;
  },
  exitNow: (code) => process.exit(code),
};
const [{ run }, build] = await Promise.all([import("@stricli/core"), isForwarder ? forwarder() : everything()]);
await run(build(version), process.argv.slice(2), context);
process.exitCode = ownExitCode(Number(edge.exitCode));
// What was half built when a bug broke it off would keep the process alive for ever, with nobody in it to answer.
if (process.exitCode === EXIT.bug) process.exit();

async function everything(): Promise<(version: string) => Application<CliContext>> {
  return (await import("./cli/application.ts")).buildRiposte;
}

async function forwarder(): Promise<(version: string) => Application<CliContext>> {
  return (await import("./cli/forward-application.ts")).buildForward;
}

/** What people are told when something goes wrong: a library's error may have an address in it. */
function scrubbed(stream: NodeJS.WriteStream): CliContext["process"]["stderr"] {
  return {
    write: (text) => stream.write(scrub(text)),
    isTTY: stream.isTTY,
    getColorDepth: (env) => stream.getColorDepth?.(env) ?? 1,
  };
}

/**
 * Compiled code is kept from one start to the next, which halves the time until it is ready. It lies beside the
 * packages, where only those may write who may change the program itself; where nobody may, nothing is kept.
 */
function keepCompiledCode(): void {
  const directory = fileURLToPath(new URL("../node_modules/.cache/riposte", import.meta.url));
  enableCompileCache(process.env["NODE_COMPILE_CACHE"] ?? directory);
  // For the Writer's thread, which asks the environment and not the process.
  process.env["NODE_COMPILE_CACHE"] ??= directory;
}

/** The command line library has negative numbers for what it found wrong itself. */
function ownExitCode(code: number): number {
  // An unknown command, and arguments that can't be parsed.
  if (code === -5 || code === -4) return EXIT.usage;
  return code < 0 ? EXIT.bug : code;
}

function endOfABug(error: unknown): void {
  tellOfBug(error);
  process.exit(EXIT.bug);
}

function askedToReload(then: () => void): void {
  reload = then;
  if (hasBeenAskedToReload) then();
}

function askedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: string, number: number): void => {
      if (asked) process.exit(128 + number);
      asked = true;
      resolve(signal);
    };
    process.on("SIGINT", () => onSignal("SIGINT", 2));
    process.on("SIGTERM", () => onSignal("SIGTERM", 15));
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
