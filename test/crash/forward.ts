import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ForwardSettings } from "../../src/forward/settings.ts";
import { FakeRiposte, type Habit } from "../fakes/riposte-server.ts";
import { type Chance, chanceOf } from "../sim/chance.ts";
import { untilCaughtUp, whatIsThere } from "./at-rest.ts";
import { ManagerFiles } from "./manager-files.ts";

const LIVES = 7;
const LINES_A_LIFE = 40;

/**
 * A forwarder that is killed again and again, in the middle of a line, of a rotation and of a batch, against a server
 * that breaks connections, loses answers and goes away: what the server has in the end, or what is wrong with it.
 */
export async function killForwarder(seed: number): Promise<readonly string[]> {
  const desk = await ForwardDesk.open(seed);
  try {
    for (let life = 0; life < LIVES; life += 1) {
      await desk.begin();
      desk.files.write(LINES_A_LIFE / 2);
      await desk.aLittle();
      if (life === 2) desk.files.midnight();
      if (life === 4) desk.files.packYesterday();
      if (life === 3) await desk.server.close();
      desk.files.write(LINES_A_LIFE / 2);
      await desk.aLittle();
      await desk.kill();
      if (life === 3) await desk.server.listen();
    }
    desk.files.finishLine();
    desk.server.habit = () => null;
    await desk.begin();
    return await desk.faultsAtRest();
  } finally {
    await desk.close();
  }
}

class ForwardDesk {
  readonly server: FakeRiposte;
  readonly #home = mkdtempSync(join(tmpdir(), "riposte-crash-forward-"));
  readonly #random: Chance;
  readonly files: ManagerFiles;
  #child: ChildProcess | null = null;

  private constructor(server: FakeRiposte, seed: number) {
    this.server = server;
    this.#random = chanceOf(seed, "forwarder");
    this.files = new ManagerFiles(join(this.#home, "alerts"), this.#random);
  }

  static async open(seed: number): Promise<ForwardDesk> {
    const desk = new ForwardDesk(await FakeRiposte.open(), seed);
    writeFileSync(join(desk.#home, "token"), "a-token\n");
    desk.server.token = "a-token";
    desk.server.habit = ({ path }) => (path === "/v1/alerts" ? desk.#aHabit() : null);
    return desk;
  }

  /** Resolves once it is heard of: where it begins stands by then, however busy the machine is. */
  async begin(): Promise<void> {
    const settings: ForwardSettings = {
      alerts: this.files.path,
      to: this.server.url,
      tokenFile: join(this.#home, "token"),
      ca: null,
      cert: null,
      key: null,
      state: join(this.#home, "state"),
      node: null,
      start: "beginning",
      compress: "zstd",
    };
    const child = fork(fileURLToPath(new URL("forward-entry.ts", import.meta.url)), [JSON.stringify(settings)], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child = child;
    const asked = this.server.requests.length;
    const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`it ended with ${code}`)));
    const heard = this.server.until(() => this.server.requests.length > asked);
    await Promise.race([heard, ended]);
  }

  /** An instant of no importance: the wait is the test, not a hope. */
  async aLittle(): Promise<void> {
    await wait(this.#random() * 60);
  }

  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, "exit");
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  async faultsAtRest(): Promise<readonly string[]> {
    const { server } = this;
    const { written } = this.files;
    const why = await untilCaughtUp({
      written,
      kept: () => server.kept.size,
      readTo: () => (server.readTo.length === 0 ? null : Date.parse(server.readTo.at(-1)!)),
      isAlive: () => this.#child?.exitCode === null,
    });
    const faults: string[] = [];
    const ids = server.ids.map((id) => Number(id.split(".")[1]));
    if (why !== null) {
      faults.push(`${written} were written, and ${server.kept.size} came: ${why}`);
      faults.push(whatIsThere(this.#home, written, new Set(ids)));
    }
    const code = await this.kill("SIGTERM");
    if (code !== 0) faults.push(`asked to stop it ended with ${code}`);
    if (ids.some((id, at) => id !== at + 1)) faults.push("they came in another order than they were written");
    // Each once, and nothing else: the last place that it kept is the end.
    const before = server.requests.length;
    await this.begin();
    await this.kill("SIGTERM");
    const again = server.requests.slice(before).flatMap(({ lines }) => lines);
    if (again.length > 0) faults.push(`${again.length} lines were sent again after it had stopped in order`);
    return faults;
  }

  async close(): Promise<void> {
    await this.kill();
    await this.server.close();
    rmSync(this.#home, { recursive: true, force: true });
  }

  #aHabit(): Habit | null {
    const chance = this.#random();
    if (chance < 0.1) return { kind: "reset", done: true };
    if (chance < 0.2) return { kind: "reset", done: false };
    if (chance < 0.25) return { kind: "cut_off", done: true };
    if (chance < 0.3) return { kind: "status", status: 503, headers: { "retry-after": "0" }, body: "" };
    return null;
  }
}
