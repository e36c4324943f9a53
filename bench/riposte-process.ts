import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mustHold } from "./bench.ts";
import { builtMain } from "./built.ts";
import { watched } from "./children.ts";
import { monotonicMs } from "./sink-process.ts";

export interface RiposteSetup {
  /** A folder of its own: database, config and alerts.json are in it. */
  readonly folder: string;
  readonly sinkUrl: string;
  readonly minLevel: number;
  /** Another program than the real one, for the other side of a comparison. */
  readonly entry?: string;
  readonly nodeOptions?: readonly string[];
  readonly concurrency?: number;
  /** At most one call in such a time. */
  readonly paceMs?: number;
  /** Alerts come from there and not from alerts.json. */
  readonly spool?: string;
  /** Another destination that is told of everything, too. */
  readonly alsoUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Alerts are sent by whoever has this, in place of being read from a file. */
  readonly senderToken?: string;
  /** How incidents are grouped, and that nobody is told within the time of a bench. */
  readonly gathers?: true;
}

/** What the source's counters say. */
export interface Counters {
  readonly read: number;
  readonly ignored: number;
  readonly malformed: number;
  readonly duplicate: number;
  readonly kept: number;
  /** Work of the destination that is not done, in any state. */
  readonly work: number;
}

const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 20_000;

function tokenPath(folder: string): string {
  return join(folder, "token");
}

export function alertsPath(folder: string): string {
  return join(folder, "alerts", "alerts.json");
}

/** `riposte serve` as a user runs it: from a config file, in a process of its own. */
export class RiposteProcess {
  readonly spawnedAtMs: number;
  readonly readyAtMs: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #origin: string;

  get origin(): string {
    return this.#origin;
  }

  private constructor(child: ChildProcess, origin: string, spawnedAtMs: number, readyAtMs: number) {
    this.#child = child;
    this.#origin = origin;
    this.spawnedAtMs = spawnedAtMs;
    this.readyAtMs = readyAtMs;
    this.pid = child.pid ?? 0;
  }

  /** Resolves when it says that it is ready. */
  static async start(setup: RiposteSetup): Promise<RiposteProcess> {
    const port = await freePort();
    const config = join(setup.folder, "riposte.yaml");
    mkdirSync(dirname(alertsPath(setup.folder)), { recursive: true });
    if (setup.senderToken !== undefined) writeFileSync(tokenPath(setup.folder), setup.senderToken, { mode: 0o600 });
    writeFileSync(config, JSON.stringify(configOf(setup, port), null, 2));
    const entry = setup.entry ?? builtMain;
    const args = [...(setup.nodeOptions ?? []), entry, "serve", "--config", config, "--log", "error"];
    const spawnedAtMs = monotonicMs();
    const child = watched(
      spawn(process.execPath, args, {
        stdio: ["ignore", "inherit", "inherit"],
        cwd: setup.folder,
        env: { ...process.env, ...setup.env },
      }),
    );
    const origin = `http://127.0.0.1:${port}`;
    const readyAtMs = await readyAt(child, origin, spawnedAtMs);
    return new RiposteProcess(child, origin, spawnedAtMs, readyAtMs);
  }

  async counters(): Promise<Counters> {
    const page = await (await fetch(`${this.#origin}/metrics`)).text();
    const fate = (name: string): number => sumOf(page, "riposte_source_lines_total", `fate="${name}"`);
    return {
      read: sumOf(page, "riposte_source_read_lines_total"),
      ignored: fate("ignored"),
      malformed: fate("malformed"),
      duplicate: fate("duplicate"),
      kept: fate("kept"),
      work: sumOf(page, "riposte_work", 'destination="sink"'),
    };
  }

  /** Waits until the counters are as they should be, and fails with what they are. */
  async untilCounters(isThere: (counters: Counters) => boolean, withinMs: number): Promise<Counters> {
    const endAt = performance.now() + withinMs;
    for (;;) {
      const counters = await this.counters();
      if (isThere(counters)) return counters;
      mustHold(performance.now() < endAt, `the counters stay at ${JSON.stringify(counters)}`);
      await delay(100);
    }
  }

  /** As a power cut ends it. */
  async kill(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_WITHIN_MS);
    this.#child.kill("SIGTERM");
    const [code] = (await gone) as [number | null];
    clearTimeout(timer);
    mustHold(code === 0, `the engine stopped in order (exit code ${code})`);
  }
}

function alertsOf({ folder, spool, senderToken }: RiposteSetup): unknown {
  if (senderToken !== undefined) return { from: "http" };
  return spool === undefined ? alertsPath(folder) : { from: "spool", path: spool };
}

function configOf(setup: RiposteSetup, port: number): object {
  const { folder, sinkUrl, minLevel, concurrency, paceMs, alsoUrl, senderToken, gathers } = setup;
  const webhook = (url: string): object => ({
    type: "webhook",
    url,
    unsigned: true,
    ...(concurrency !== undefined && { concurrency }),
    ...(paceMs !== undefined && { pace: { max: 1, per: `${paceMs / 1000}s` } }),
  });
  return {
    store: `sqlite:${join(folder, "riposte.db")}`,
    http: {
      listen: `127.0.0.1:${port}`,
      ...(senderToken !== undefined && {
        tokens: [{ name: "bench", secret: { file: tokenPath(folder) }, may: ["send"] }],
      }),
    },
    wazuh: { start: "beginning", alerts: alertsOf(setup) },
    destinations: { sink: webhook(sinkUrl), ...(alsoUrl !== undefined && { also: webhook(alsoUrl) }) },
    policies: [
      {
        name: "measured",
        when: { "rule.level": `>= ${minLevel}` },
        ...(gathers === true ? { hold: "1h" } : { group_by: ["id"] }),
        tell: alsoUrl === undefined ? ["sink"] : ["sink", "also"],
        resolve_after: "3650d",
        collapse: "off",
      },
    ],
  };
}

async function readyAt(child: ChildProcess, origin: string, spawnedAtMs: number): Promise<number> {
  while (child.exitCode === null && child.signalCode === null) {
    const isReady = await fetch(`${origin}/readyz`).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status === 200;
      },
      () => false,
    );
    const now = monotonicMs();
    if (isReady) return now;
    if (now - spawnedAtMs > START_WITHIN_MS) break;
    await delay(2);
  }
  child.kill("SIGKILL");
  throw new Error(`the engine was not ready within ${START_WITHIN_MS / 1000} s (exit code ${child.exitCode})`);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** All values of one metric whose labels contain a text. */
function sumOf(page: string, name: string, label = ""): number {
  return page
    .split("\n")
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
