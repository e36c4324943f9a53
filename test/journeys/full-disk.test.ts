// The database's disk fills up while alerts come, and is emptied again.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { connectors } from "../../src/connectors/index.ts";
import { createLog } from "../../src/observe/log.ts";
import { openReader } from "../../src/store/queries.ts";
import { StoreError } from "../../src/store/store.ts";
import { alertLine } from "../fixtures/cli-rig.ts";
import { mountSmallDisk } from "../fixtures/small-disk.ts";
import { briskClock } from "../fixtures/start-desk.ts";

const mayMount = process.platform === "linux" && process.getuid?.() === 0;

interface Told {
  readonly url: string;
  readonly bodies: string[];
  /** Calls that wait for their answer while `holds` is true. */
  readonly held: ServerResponse[];
  holds: boolean;
  until(enough: (bodies: readonly string[]) => boolean): Promise<void>;
}

async function openTold(): Promise<Told> {
  const lookers = new Set<() => void>();
  const told = { bodies: [] as string[], held: [] as ServerResponse[], holds: false };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told.bodies.push(Buffer.concat(chunks).toString());
      if (told.holds) told.held.push(response);
      else response.end("ok");
      for (const look of lookers) look();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const until = (enough: (bodies: readonly string[]) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!enough(told.bodies)) return;
        lookers.delete(look);
        resolve();
      };
      lookers.add(look);
      look();
    });
  return Object.assign(told, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, until });
}

it.skipIf(!mayMount)(
  "a full disk stops the source and not the outcomes, is told once, and nothing is lost (skipped where this user may not mount one)",
  { timeout: 180_000 },
  async () => {
    const disk = mountSmallDisk(40);
    if (disk === null) throw new Error("no small disk could be mounted");
    const told = await openTold();
    const directory = mkdtempSync(join(tmpdir(), "riposte-full-"));
    const alerts = join(directory, "alerts.json");
    writeFileSync(alerts, "");
    const database = join(disk.folder, "riposte.db");
    const text = `store: "sqlite:${database}"
wazuh: { alerts: "${alerts}", start: beginning }
destinations: { hook: { type: webhook, url: "${told.url}", unsigned: true, concurrency: 8 } }
policies: [{ name: each, when: { rule.level: ">= 7" }, group_by: [id], collapse: off, tell: [hook] }]
`;
    const loaded = loadConfig(text, "riposte.yaml", connectors);
    if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
    const app = await startApp({
      config: loaded.config,
      configPath: "riposte.yaml",
      log: createLog({ level: "error", write: () => {} }),
      died: () => {},
      clock: briskClock,
    });
    if (!("stop" in app)) throw new Error(app.message);
    onTestFinished(async () => {
      await app.stop("the test is over");
      rmSync(directory, { recursive: true });
    });
    const append = (from: number, to: number): void => {
      for (let n = from; n <= to; n += 1) appendFileSync(alerts, alertLine(n));
    };
    const aboutAlerts = (bodies: readonly string[]): number =>
      bodies.filter((body) => body.includes('"policy":"each"')).length;

    // Calls are on their way when the disk fills up.
    told.holds = true;
    append(1, 8);
    await told.until((bodies) => aboutAlerts(bodies) === 8);
    disk.fill();
    told.holds = false;
    for (const response of told.held) response.end("ok");
    append(9, 4_000);
    await told.until((bodies) => bodies.some((body) => body.includes("can't store alerts")));
    const early = aboutAlerts(told.bodies);
    expect(early).toBeLessThan(4_000);

    disk.freeUp();
    await told.until((bodies) => aboutAlerts(bodies) >= 4_000);

    const reader = openReader(database);
    if (reader instanceof StoreError) throw reader;
    const [row] = (await reader.sources()).filter(({ name }) => name === "alerts");
    const works = await reader.workTallies();
    await reader.close();
    expect(row).toMatchObject({ read: 4_000, kept: 4_000, ignored: 0, malformed: 0, duplicate: 0 });
    expect(works.filter(({ state }) => state === "unknown" || state === "dead")).toEqual([]);
    expect(aboutAlerts(told.bodies)).toBe(4_000);
    expect(told.bodies.filter((body) => body.includes("can't store alerts"))).toHaveLength(1);
  },
);
