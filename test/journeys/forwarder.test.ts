// A manager node's alerts by a forwarder in a process of its own to a real Riposte, both of which go away on the way.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { openReader } from "../../src/store/queries.ts";
import { StoreError } from "../../src/store/store.ts";
import { wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";
import { AlertsFolder } from "../tail/alerts-folder.ts";

const TOKEN = "a-token-for-tests-only-0123456789abcdef";
const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** Of each ten lines one is grave, and all others are refused where they are read. */
const GRAVE_EACH = 10;

function policies(listen: string): string {
  return `
http: { listen: "${listen}", tokens: [{ name: worker-1, secret: { file: SECRETS/token }, may: [send] }] }
destinations: { chat: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies: [{ name: grave, when: { rule.level: ">= 7" }, group_by: [rule.id], tell: [] }]`;
}

class Forwarding {
  readonly alerts = new AlertsFolder();
  readonly desk: RiposteDesk;
  #child: ChildProcess | null = null;
  #written = 0;

  constructor(desk: RiposteDesk) {
    this.desk = desk;
    this.alerts.linkTo("2026/Nov/ossec-alerts-22.json");
    onTestFinished(async () => {
      this.#child?.kill("SIGKILL");
      await desk.close();
    });
  }

  get written(): number {
    return this.#written;
  }

  write(count: number): void {
    const lines = Array.from({ length: count }, () => {
      const n = (this.#written += 1);
      const level = n % GRAVE_EACH === 0 ? 12 : 3;
      return JSON.stringify(wazuhAlert({ id: "5710", level, description: `Line ${n}` }));
    });
    this.alerts.lines(...lines);
  }

  /** Where the server is; the port stays the same. */
  start(to: string): void {
    const { directory } = this.desk;
    const flags = {
      alerts: this.alerts.path,
      to,
      "token-file": join(directory, "token"),
      state: join(directory, "forward"),
      start: "beginning",
    };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    this.#child = spawn(process.execPath, [main, "forward", ...args], { stdio: "ignore" });
  }

  async kill(): Promise<void> {
    const child = this.#child!;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  async counts(isThere: (row: Counts) => boolean): Promise<Counts> {
    for (;;) {
      const row = await this.#row();
      if (row !== null && isThere(row)) return row;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #row(): Promise<Counts | null> {
    const path = join(this.desk.directory, "riposte.db");
    if (!existsSync(path)) return null;
    const reader = openReader(path);
    if (reader instanceof StoreError) return null;
    const row = (await reader.sources()).find(({ name }) => name === "forwarders/worker-1");
    await reader.close();
    return row ?? null;
  }
}

interface Counts {
  readonly read: number;
  readonly kept: number;
  readonly duplicate: number;
  readonly ignored: number;
  readonly malformed: number;
}

it("a killed forwarder and a restarted server amid the alerts, over midnight, lose and double none", async () => {
  const desk = await RiposteDesk.open();
  desk.secret("token", TOKEN);
  const forwarding = new Forwarding(desk);
  await desk.start(policies("127.0.0.1:0"), { alerts: "{ from: http, name: forwarders }" });
  const to = `http://${desk.httpAddress}`;
  const again = policies(desk.httpAddress);

  forwarding.write(3_000);
  forwarding.start(to);
  await forwarding.counts(({ kept }) => kept > 0);
  forwarding.write(3_000);
  await forwarding.kill();
  forwarding.write(500);
  forwarding.alerts.linkTo("2026/Nov/ossec-alerts-23.json");
  forwarding.write(2_000);
  forwarding.start(to);
  await forwarding.counts(({ kept }) => kept > 600);
  await desk.stop();
  forwarding.write(1_500);
  await desk.start(again, { alerts: "{ from: http, name: forwarders }" });
  const ended = await forwarding.counts(({ kept }) => kept === forwarding.written / GRAVE_EACH);

  expect(ended.kept).toBe(1_000);
  expect(ended.malformed).toBe(0);
  expect(ended.read).toBe(ended.kept + ended.duplicate + ended.ignored);
  // What is refused where it is read is counted over here, and never sent.
  expect(ended.ignored).toBeGreaterThan(0);
  await forwarding.kill();
  expect(readFileSync(forwarding.alerts.path, "utf8").split("\n")).toHaveLength(3_501);
});
