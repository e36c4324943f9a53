import { userInfo } from "node:os";
import { nameOfStore } from "../config/store.ts";
import { visible } from "../core/visible.ts";
import { askFetch, askSocket, type Ask, type Question } from "../http/client.ts";
import type { Problem } from "../http/problem.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { say } from "./print.ts";
import { startFailed } from "./start-failure.ts";

export interface ServerFlags {
  readonly config?: string;
  readonly socket?: string;
  readonly json: boolean;
}

/** A server, running or made for the moment. What it refuses is thrown as a `CommandError`. */
export interface Server {
  get<Data>(path: string, query?: Readonly<Record<string, string | number | undefined>>): Promise<Data>;
  post<Data>(path: string, body: object): Promise<Data>;
}

/**
 * Asks the server behind the admin socket. Where none runs, this process takes the engine's lock for as long as the
 * command takes, and asks the same code in here, unless the server `mustRun`.
 */
export async function withServer<Data>(
  context: CliContext,
  flags: ServerFlags,
  use: (server: Server) => Promise<Data>,
  mustRun = false,
): Promise<Data> {
  const configPath = findConfig(flags.config);
  const config = flags.socket === undefined || flags.config !== undefined ? await readConfig() : null;
  const socketPath = flags.socket ?? config?.socket;
  if (socketPath === undefined) throw noConfig();
  const running = askSocket(socketPath, whoAmI(context.process.env));
  const hello = await running({ method: "GET", path: "/healthz" });
  switch (hello.kind) {
    case "answered":
      return use(speakingTo(running, socketPath));
    case "not_permitted":
      throw new CommandError(EXIT.notPermitted, `${socketPath}: ${hello.why}. Run this as the user that runs Riposte`);
    case "broken":
      throw new CommandError(EXIT.unavailable, `${socketPath}: ${hello.why}`);
    case "absent":
      if (config === null || mustRun) {
        const start = mustRun ? ". Start it with riposte serve" : "";
        throw new CommandError(EXIT.unavailable, `${socketPath}: ${hello.why}${start}`);
      }
  }
  const { openOffline } = await import("../app/offline.ts");
  const offline = await openOffline(config, context.version);
  if (!("fetch" in offline)) throw startFailed(offline);
  say(context, `no server is running at ${socketPath}; reading ${nameOfStore(config.store)} directly`);
  try {
    return await use(
      speakingTo(
        askFetch((request) => offline.fetch(request), whoAmI(context.process.env)),
        socketPath,
      ),
    );
  } finally {
    await offline.close();
  }

  async function readConfig() {
    if (configPath === null) throw noConfig();
    return configOrFail(context, configPath);
  }
}

function speakingTo(ask: Ask, socketPath: string): Server {
  async function answerTo<Data>(question: Question): Promise<Data> {
    const answer = await ask(question);
    if (answer.kind !== "answered") throw new CommandError(EXIT.unavailable, `${socketPath}: ${answer.why}`);
    if (answer.status >= 200 && answer.status < 300 && answer.body !== null) return answer.body as Data;
    throw refusal(answer.status, answer.body);
  }
  return {
    get: (path, query = {}) => answerTo({ method: "GET", path: `${path}${queryText(query)}` }),
    post: (path, body) => answerTo({ method: "POST", path, body }),
  };
}

function queryText(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

const REFUSALS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  404: EXIT.no,
  409: EXIT.no,
  503: EXIT.tryAgain,
};

function refusal(status: number, body: unknown): CommandError {
  const detail = (body as Partial<Problem> | null)?.detail;
  const says =
    typeof detail === "string" ? visible(detail) : `the server answered ${status} and nothing that can be read`;
  return new CommandError(REFUSALS[status] ?? EXIT.bug, says);
}

/** The person behind sudo, where there is one: what is written down is who did it. */
export function whoAmI(env: CliContext["process"]["env"]): string {
  const sudoer = env["SUDO_USER"];
  if (sudoer !== undefined && sudoer !== "" && process.getuid?.() === 0) return sudoer;
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in /etc/passwd, as containers have them.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
