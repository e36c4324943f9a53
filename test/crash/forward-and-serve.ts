import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ForwardSettings } from "../../src/forward/settings.ts";
import { type Chance, chanceOf } from "../sim/chance.ts";
import { untilCaughtUp, whatIsThere } from "./at-rest.ts";
import { ManagerFiles } from "./manager-files.ts";

const LIVES = 8;
const LINES_A_LIFE = 60;
const TOKEN = "a-token-for-tests-only-0123456789abcdef";

/** A forwarder and the Riposte that it sends to, either of them killed at any time, over midnight: what is wrong in the end. */
export async function killForwarderOrServer(seed: number): Promise<readonly string[]> {
  const pair = new Pair(seed, await freePort());
  try {
    for (let life = 0; life < LIVES; life += 1) {
      await pair.begin();
      pair.files.write(LINES_A_LIFE / 2);
      await pair.aLittle();
      if (life === 3) pair.files.midnight();
      if (life === 5) pair.files.packYesterday();
      pair.files.write(LINES_A_LIFE / 2);
      await pair.aLittle();
      await pair.killOne();
    }
    pair.files.finishLine();
    await pair.begin();
    return await pair.faultsAtRest();
  } finally {
    await pair.close();
  }
}

class Pair {
  readonly files: ManagerFiles;
  readonly #home = mkdtempSync(join(tmpdir(), "riposte-crash-pair-"));
  readonly #random: Chance;
  readonly #url: string;
  readonly #config = join(this.#home, "riposte.yaml");
  readonly #database = join(this.#home, "riposte.db");
  #server: ChildProcess | null = null;
  #forwarder: ChildProcess | null = null;

  constructor(seed: number, port: number) {
    this.#random = chanceOf(seed, "forwarder and server");
    this.#url = `http://127.0.0.1:${port}`;
    this.files = new ManagerFiles(join(this.#home, "alerts"), this.#random);
    const token = join(this.#home, "token");
    writeFileSync(token, `${TOKEN}\n`);
    writeFileSync(
      this.#config,
      `store: sqlite:${this.#database}
http: { listen: "127.0.0.1:${port}", tokens: [{ name: worker-1, secret: { file: ${token} }, may: [send] }] }
wazuh: { alerts: { from: http, name: forwarders } }
destinations: { nobody: { type: webhook, url: "http://127.0.0.1:9/", unsigned: true } }
policies: [{ name: all, when: { rule.level: ">= 7" }, group_by: [rule.id], resolve_after: 3650d, tell: [nobody] }]
`,
    );
  }

  /** Whoever is not there is started. The server is up when this returns, and the forwarder has begun somewhere. */
  async begin(): Promise<void> {
    if (!isAlive(this.#server)) {
      this.#server = start("serve.ts", this.#config);
      const ended = once(this.#server, "exit").then(([code]) => Promise.reject(new Error(`it ended with ${code}`)));
      await Promise.race([once(this.#server, "message"), ended]);
    }
    if (isAlive(this.#forwarder)) return;
    const settings: ForwardSettings = {
      alerts: this.files.path,
      to: this.#url,
      tokenFile: join(this.#home, "token"),
      ca: null,
      cert: null,
      key: null,
      state: join(this.#home, "state"),
      node: null,
      start: "beginning",
      compress: "zstd",
    };
    this.#forwarder = start("forward-entry.ts", JSON.stringify(settings));
    // Before its very first place stands nothing is promised, and a busy machine may take long to start it.
    while (!existsSync(join(this.#home, "state", "cursor.json"))) {
      if (!isAlive(this.#forwarder)) throw new Error("the forwarder ended before it had begun");
      await wait(10);
    }
  }

  /** An instant of no importance: the wait is the test, not a hope. */
  async aLittle(): Promise<void> {
    await wait(this.#random() * 300);
  }

  async killOne(): Promise<void> {
    const chance = this.#random();
    if (chance < 0.7) await end(this.#server, "SIGKILL");
    if (chance > 0.4) await end(this.#forwarder, "SIGKILL");
  }

  async faultsAtRest(): Promise<readonly string[]> {
    const { written } = this.files;
    const why = await untilCaughtUp({
      written,
      kept: () => this.#numberOf("SELECT count(*) AS n FROM alert") ?? 0,
      readTo: () => this.#numberOf("SELECT watermark_at AS n FROM source WHERE name = 'forwarders/worker-1'"),
      isAlive: () => isAlive(this.#server) && isAlive(this.#forwarder),
    });
    await end(this.#forwarder, "SIGTERM");
    await end(this.#server, "SIGTERM");
    const db = new DatabaseSync(this.#database, { readOnly: true });
    const alerts = db.prepare("SELECT native_id AS id FROM alert").all() as { id: string }[];
    const incidents = db.prepare("SELECT count FROM incident").all() as { count: number }[];
    const [source] = db.prepare("SELECT * FROM source WHERE name = 'forwarders/worker-1'").all() as unknown as Counts[];
    db.close();
    const faults: string[] = [];
    const ids = new Set(alerts.map(({ id }) => Number(id.split(".")[1])));
    if (why !== null) faults.push(why, whatIsThere(this.#home, written, ids));
    if (ids.size !== written || alerts.length !== written)
      faults.push(`${written} were written; ${alerts.length} came, ${ids.size} of them different`);
    if (incidents.length !== 1 || incidents[0]?.count !== written)
      faults.push(`the incident counts ${incidents.map(({ count }) => count).join(", ")}, and ${written} were written`);
    if (source?.read !== (source?.kept ?? 0) + (source?.duplicate ?? 0) || source?.kept !== written)
      faults.push(`its account is ${JSON.stringify(source)}`);
    return faults;
  }

  async close(): Promise<void> {
    await end(this.#forwarder, "SIGKILL");
    await end(this.#server, "SIGKILL");
    rmSync(this.#home, { recursive: true, force: true });
  }

  #numberOf(sql: string): number | null {
    const db = new DatabaseSync(this.#database, { readOnly: true });
    const [row] = db.prepare(sql).all() as { n: number | null }[];
    db.close();
    return row?.n ?? null;
  }
}

interface Counts {
  readonly read: number;
  readonly kept: number;
  readonly duplicate: number;
}

function start(entry: string, argument: string): ChildProcess {
  const path = fileURLToPath(new URL(entry, import.meta.url));
  return fork(path, [argument], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
}

function isAlive(child: ChildProcess | null): boolean {
  return child !== null && child.exitCode === null && child.signalCode === null;
}

async function end(child: ChildProcess | null, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (child === null || !isAlive(child)) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** Nobody listens there now, and the server does in each of its lives. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
