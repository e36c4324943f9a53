import { spawn, type ChildProcess } from "node:child_process";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "./clock.ts";
import { HandedFiles, type LeftFile } from "./handed-files.ts";
import { KILL_TAKES_MS, Run } from "./node-run.ts";
import type { Processes, RunEnd, RunRequest } from "./processes.ts";
import { codeOf, sayNotHanded, sayNotStarted, sayTooSlow, whyNotRunnable } from "./why-not-started.ts";

export interface NodeProcessesOptions {
  readonly clock: Clock;
  /** Where the files lie that are handed over. */
  readonly temporary?: string;
  /** Our own environment, of which a program gets little. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A file that was handed over could not be taken away: an alert is in it. */
  readonly left: (left: LeftFile) => void;
  /** How long a program may tidy up once it was asked to end, before it is killed. */
  readonly tidyMs?: number;
}

export interface NodeProcesses extends Processes {
  /** Starts no more, waits at most this long for those that run, then ends them and what others left behind. */
  close(withinMs: number): Promise<void>;
}

const TIDY_MS = 2 * SECOND_MS;
/** Programs that have ended and left others behind, which hold their output open; of more the oldest goes first. */
const LEFT_BEHIND_MOST = 64;
const STOPPING: RunEnd = { kind: "not_started", why: "Riposte is stopping: the script is run at the next start" };

/**
 * Starts programs without a shell, each in a session of its own, so that it can be ended together with what it
 * started. What a program leaves behind when it ends is ended at the deadline, unless it has let go of the output.
 */
export function openNodeProcesses(options: NodeProcessesOptions): NodeProcesses {
  const { clock, temporary = "/tmp", environment, tidyMs = TIDY_MS } = options;
  const files = new HandedFiles(temporary, clock, options.left);
  const usual = usualEnvironment(environment);
  const logins = Object.values(usual).flatMap(loginIn);
  const underWay = new Set<Promise<RunEnd>>();
  const started = new Set<Run>();
  let closing = false;

  async function run(request: RunRequest): Promise<RunEnd> {
    let isLate = false;
    const cancel = clock.after(request.deadlineMs, () => (isLate = true));
    const handed: string[] = [];
    try {
      await files.sweep();
      const why = await whyNotRunnable(request);
      if (why !== null) return { kind: "not_started", why };
      const args = await written(request.args, handed);
      if (typeof args === "string") return { kind: "not_started", why: args };
      if (closing) return STOPPING;
      // Whoever asked has been told by now that it took too long.
      if (isLate) return { kind: "not_started", why: sayTooSlow(request, temporary) };
      cancel();
      return await start(request, args);
    } finally {
      cancel();
      for (const path of handed) await files.remove(path);
    }
  }

  /** The arguments, or why they can't be: in one sentence with what to do. */
  async function written(args: RunRequest["args"], handed: string[]): Promise<readonly string[] | string> {
    const paths: string[] = [];
    for (const arg of args) {
      if (typeof arg === "string") {
        paths.push(arg);
        continue;
      }
      try {
        const path = await files.write(arg);
        handed.push(path);
        paths.push(path);
      } catch (error) {
        return sayNotHanded(temporary, codeOf(error));
      }
    }
    return paths;
  }

  async function start(request: RunRequest, args: readonly string[]): Promise<RunEnd> {
    const { folder, path, argv0 } = request;
    let child: ChildProcess;
    try {
      child = spawn(path, args, {
        cwd: folder,
        argv0,
        env: { ...usual, ...request.environment },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
    } catch (error) {
      return { kind: "not_started", why: await sayNotStarted(request, codeOf(error)) };
    }
    const one = new Run(child, clock, { ...request, hide: [...request.hide, ...logins], tidyMs });
    started.add(one);
    const leave = (): boolean => started.delete(one);
    one.gone.then(leave, leave);
    const end = await one.ended;
    const behind = [...started].filter(({ hasLeftSome }) => hasLeftSome);
    if (behind.length > LEFT_BEHIND_MOST) behind[0]?.end("deadline");
    if (end.kind !== "refused") return end;
    return { kind: "not_started", why: await sayNotStarted(request, end.code) };
  }

  return {
    whyNot: whyNotRunnable,
    run(request) {
      if (closing) return Promise.resolve(STOPPING);
      const one = run(request);
      underWay.add(one);
      return one.finally(() => underWay.delete(one));
    },
    async close(withinMs) {
      closing = true;
      await within(Promise.allSettled(underWay), withinMs, clock);
      for (const each of started) each.end("stopping");
      const rest = Promise.allSettled([...underWay, ...[...started].map(({ gone }) => gone)]);
      await within(rest, tidyMs + KILL_TAKES_MS, clock);
    },
  };
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/**
 * What programs need to find others, to know letters and time, and to get out by the same way. All else stays here:
 * a secret may be in it.
 */
const HANDED_ON: readonly string[] = [
  "PATH HOME LANG LC_ALL TZ",
  "HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy",
  "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE",
].flatMap((names) => names.split(" "));

function usualEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const handedOn = HANDED_ON.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH, ...Object.fromEntries(handedOn) };
}

/** Of a proxy: who is handed its address may write it out. */
function loginIn(value: string): readonly string[] {
  const password = URL.parse(value)?.password ?? "";
  return password === "" ? [] : [value, password];
}

async function within(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  const time = Promise.withResolvers<void>();
  const cancel = clock.after(ms, time.resolve);
  await Promise.race([work, time.promise]);
  cancel();
}
