// An agent's folder with the companion in it, and what execd does with a script of active response.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What the companion says under `riposte` in its line. */
export interface CompanionLine {
  readonly v: string;
  readonly token: string;
  readonly action: string;
  readonly verb: string;
  readonly target: string;
  readonly effect: string;
  readonly why: string;
  readonly others: string;
  readonly until: string;
  readonly found: Readonly<Record<string, string>>;
}

export interface Order {
  readonly verb: "add" | "check" | "undo";
  readonly token: string;
  readonly user?: string;
  readonly address?: string;
  readonly seconds?: number;
  /** What execd makes of it: `delete` once the time-out of an alias is over. */
  readonly command?: "add" | "delete";
  /** Beside what we need: a whole alert, say. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

export interface Ran {
  /** What the script said to execd. */
  readonly said: readonly string[];
  /** What it added to active-responses.log. */
  readonly logged: readonly string[];
  readonly lines: readonly CompanionLine[];
  readonly code: number | null;
}

export interface RunOptions {
  readonly execd?: "continue" | "abort";
  readonly shell?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const BIN = new URL("../../deploy/wazuh/agent/bin/", import.meta.url);

/** The manager of the agent. */
export const MANAGER = "192.0.2.200";
const OSSEC_CONF = `<ossec_config>
  <client>
    <server>
      <address>${MANAGER}</address>
    </server>
  </client>
</ossec_config>
`;

export type Agent = ReturnType<typeof anAgent>;

/** As it is laid out in /var/ossec, but for where the companion keeps its memory and its own config. */
export function anAgent(program: string) {
  const home = mkdtempSync(join(tmpdir(), "riposte-agent-"));
  const bin = join(home, "active-response/bin");
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(home, "logs"));
  mkdirSync(join(home, "etc"));
  writeFileSync(join(home, "etc/ossec.conf"), OSSEC_CONF);
  cpSync(BIN, bin, { recursive: true });
  const shared = join(bin, "riposte-companion.sh");
  // Each order syncs what it remembers several times, which a busy disk makes slow and these tests have nothing to say of.
  const memory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "riposte-memory-"));
  const state = join(memory, "state");
  const text = readFileSync(shared, "utf8")
    .replace("state=/var/lib/riposte-companion", `state=${state}`)
    .replace("conf=/etc/riposte-companion.conf", `conf=${home}/companion.conf`);
  writeFileSync(shared, text);
  const log = join(home, "logs/active-responses.log");
  const logLines = (): string[] =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .split("\n")
          .filter((line) => line !== "")
      : [];

  async function start(args: readonly string[], input: string | null, options: RunOptions): Promise<Ran> {
    const { execd = "continue", shell = [], env = {} } = options;
    const before = logLines().length;
    const [file = "", ...rest] = [...shell, `active-response/bin/${program}`, ...args];
    // A group of its own, so that whoever is killed takes along what he started.
    const child = spawn(file, rest, { cwd: home, env: { PATH: process.env["PATH"], ...env }, detached: true });
    const said: string[] = [];
    const replied = createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      if (!child.stdin.destroyed) child.stdin.write(`${JSON.stringify({ version: 1, command: execd })}\n`);
    });
    // A script that was killed reads nothing any more.
    child.stdin.on("error", () => {});
    // execd keeps stdin open for as long as the script lives: a script that reads to its end would hang.
    if (input !== null) child.stdin.write(`${input}\n`);
    const code = await ended(child);
    replied.close();
    const logged = logLines().slice(before);
    return { said, logged, lines: logged.map(lineOf), code };
  }

  return {
    home,
    state,
    order: (order: Order, options: RunOptions = {}) => start([], orderLine(order, program), options),
    raw: (line: string, options: RunOptions = {}) => start([], line, options),
    lift: () => start(["lift"], null, {}),
    /** Changes the copy of a file, as who rolls it out may. */
    edit(name: string, from: string, to: string) {
      const path = join(bin, name);
      const text = readFileSync(path, "utf8");
      if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
      writeFileSync(path, text.replace(from, to));
    },
    configure: (conf: string) => writeFileSync(join(home, "companion.conf"), conf, { mode: 0o600 }),
    remove() {
      for (const folder of [home, memory]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The line that execd writes for what the API was given. */
export function orderLine(
  { verb, token, user, address, seconds, command = "add", beside }: Order,
  program = "",
): string {
  return JSON.stringify({
    version: 1,
    origin: { name: null, module: "wazuh-execd" },
    command,
    parameters: {
      extra_args: [],
      alert: { ...beside, data: { dstuser: user, srcip: address, riposte: { v: 1, token, verb, seconds } } },
      program: `active-response/bin/${program}`,
    },
  });
}

function ended(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
}

// What Wazuh's decoder takes, and nothing else.
const LINE = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d active-response\/bin\/[\w.-]+: (\{.*\})$/;

function lineOf(line: string): CompanionLine {
  const json = LINE.exec(line)?.[1];
  if (json === undefined) throw new Error(`Wazuh would not decode: ${line}`);
  return (JSON.parse(json) as { riposte: CompanionLine }).riposte;
}
