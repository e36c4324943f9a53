import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runScript, watched } from "./children.ts";
import type { PostedAnswer } from "./post-alertmanager.ts";
import { freePort } from "./riposte-process.ts";
import { monotonicMs } from "./sink-process.ts";

/** What stands before an alert's id in a call of Alertmanager's, given how `post-alertmanager.ts` labels them. */
export const ALERTMANAGER_ID_KEY = '"alert_id":"';

export interface AlertmanagerSetup {
  readonly program: string;
  readonly folder: string;
  readonly sinkUrl: string;
  /** `...`: a group, and so a call, for each alert. */
  readonly groupBy: string;
  readonly groupWait: string;
}

const READY_WITHIN_MS = 20_000;

export class AlertmanagerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #origin: string;

  private constructor(child: ChildProcess, origin: string) {
    this.#child = child;
    this.#origin = origin;
    this.pid = child.pid ?? 0;
  }

  static async start({ program, folder, ...setup }: AlertmanagerSetup): Promise<AlertmanagerProcess> {
    mkdirSync(folder, { recursive: true });
    const config = join(folder, "alertmanager.yml");
    writeFileSync(config, JSON.stringify(configOf(setup), null, 2));
    const address = `127.0.0.1:${await freePort()}`;
    const args = [
      `--config.file=${config}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--cluster.listen-address=",
      "--log.level=error",
    ];
    const child = watched(spawn(program, args, { stdio: ["ignore", "ignore", "inherit"], cwd: folder }));
    const endAtMs = monotonicMs() + READY_WITHIN_MS;
    while (child.exitCode === null && monotonicMs() < endAtMs) {
      const isReady = await fetch(`http://${address}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return new AlertmanagerProcess(child, `http://${address}`);
      await delay(20);
    }
    throw new Error(`Alertmanager was not ready within ${READY_WITHIN_MS / 1000} s (exit code ${child.exitCode})`);
  }

  /** Hands it so many alerts, a hundred a call. */
  post(alerts: number, seed: number): Promise<PostedAnswer> {
    return runScript("post-alertmanager.ts", this.#postArguments(alerts, seed));
  }

  /** The same, for as long as it is there. */
  postUntilGone(alerts: number, seed: number): Promise<PostedAnswer> {
    return runScript("post-alertmanager.ts", [...this.#postArguments(alerts, seed), "until-gone"]);
  }

  #postArguments(alerts: number, seed: number): string[] {
    return [`${this.#origin}/api/v2/alerts`, `${alerts}`, `${seed}`];
  }

  async kill(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }
}

function configOf({ sinkUrl, groupBy, groupWait }: Omit<AlertmanagerSetup, "program" | "folder">): object {
  return {
    route: {
      receiver: "sink",
      group_by: [groupBy],
      group_wait: groupWait,
      group_interval: "1h",
      repeat_interval: "24h",
    },
    receivers: [{ name: "sink", webhook_configs: [{ url: sinkUrl, send_resolved: false }] }],
  };
}
