// What is wrong with Riposte is told like everything else, by somebody else than the one it is about.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { connectors } from "../../src/connectors/index.ts";
import { createLog } from "../../src/observe/log.ts";
import { alertLine } from "../fixtures/cli-rig.ts";
import { hurriedClock } from "../fixtures/start-desk.ts";

interface Receiver {
  readonly url: string;
  status: number;
  readonly bodies: string[];
  /** Resolves with the first body in which this is found. */
  heard(pattern: RegExp): Promise<string>;
}

async function openReceiver(): Promise<Receiver> {
  const lookers = new Set<() => void>();
  const receiver = { status: 200, bodies: [] as string[] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.statusCode = receiver.status;
      response.end("ok");
      receiver.bodies.push(`${request.url ?? ""} ${Buffer.concat(chunks).toString()}`);
      for (const look of lookers) look();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const heard = (pattern: RegExp): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = receiver.bodies.find((body) => pattern.test(body));
        if (found === undefined) return;
        lookers.delete(look);
        resolve(found);
      };
      lookers.add(look);
      look();
    });
  return Object.assign(receiver, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard });
}

async function start(first: Receiver, second: Receiver, more = "", instead = {}) {
  const directory = mkdtempSync(join(tmpdir(), "riposte-health-"));
  const alerts = join(directory, "alerts.json");
  writeFileSync(alerts, "");
  const text = `store: "sqlite:${join(directory, "riposte.db")}"
wazuh: { alerts: "${alerts}", start: beginning }
destinations:
  first: { type: webhook, url: "${first.url}/", unsigned: true }
  second: { type: webhook, url: "${second.url}/", unsigned: true }
policies: [{ name: each, when: { rule.level: ">= 7" }, group_by: [id], collapse: off, tell: [first] }]
${more}`;
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  const app = await startApp({
    config: loaded.config,
    configPath: "riposte.yaml",
    log: createLog({ level: "error", write: () => {} }),
    died: () => {},
    clock: hurriedClock,
    instead,
  });
  if (!("stop" in app)) throw new Error(app.message);
  onTestFinished(async () => {
    await app.stop("the test is over");
    rmSync(directory, { recursive: true });
  });
  return { append: (n: number) => appendFileSync(alerts, alertLine(n)) };
}

describe("a delivery that was given up", () => {
  it("is told by the other destination, and not by the one that would not take it", { timeout: 30_000 }, async () => {
    const [first, second] = [await openReceiver(), await openReceiver()];
    const desk = await start(first, second);
    first.status = 400;

    desk.append(1);
    const told = await second.heard(/gave up deliveries to first/);

    expect(told).toContain("riposte work list");
    expect(first.bodies.join("\n")).not.toContain("gave up");
  });
});

describe("a dead man's switch", () => {
  it("is called while all is well", { timeout: 30_000 }, async () => {
    const [first, second] = [await openReceiver(), await openReceiver()];
    process.env["RIPOSTE_TEST_PING"] = `${second.url}/ping/canary`;
    onTestFinished(() => {
      delete process.env["RIPOSTE_TEST_PING"];
    });
    await start(first, second, "health: { heartbeat: { url: { env: RIPOSTE_TEST_PING }, every: 30s } }");

    expect(await second.heard(/^\/ping\/canary/)).toBeDefined();
  });
});
