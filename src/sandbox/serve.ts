// The sandbox as a whole: the stand-ins and their page on loopback, and a feeder that keeps an alerts.json growing.
import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { createFeeder } from "./feeder.ts";
import { createVendors, JIRA_PATH, SLACK_PATH } from "./vendors.ts";

const ADDRESS = "127.0.0.1";
const FIRST_PORT = 8642;
const PORTS_TRIED = 50;
const EVENTS_PER_SECOND = 5;

export interface SandboxOptions {
  /** Where `alerts/alerts.json` grows. */
  readonly directory: string;
  /** The next free one is taken if someone has it; 0 leaves the choice to the system. */
  readonly port?: number;
  readonly seed?: number;
}

export interface Sandbox {
  readonly pageUrl: string;
  readonly slackWebhookUrl: string;
  readonly jiraUrl: string;
  readonly jiraToken: string;
  readonly alertsPath: string;
  stop(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { directory, port = FIRST_PORT, seed = 1 } = options;
  const alertsPath = join(directory, "alerts", "alerts.json");
  const jiraToken = randomBytes(18).toString("base64url");
  const feeder = createFeeder({ path: alertsPath, seed, eventsPerSecond: EVENTS_PER_SECOND });
  const vendors = createVendors({ jiraToken, alertsFed: () => feeder.fed() });
  const server = createAdaptorServer({ fetch: vendors.fetch }) as Server;
  const pageUrl = `http://${ADDRESS}:${await listen(server, port)}/`;
  feeder.start();

  async function stop(): Promise<void> {
    feeder.stop();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  return {
    pageUrl,
    slackWebhookUrl: new URL(SLACK_PATH, pageUrl).href,
    jiraUrl: new URL(JIRA_PATH, pageUrl).href,
    jiraToken,
    alertsPath,
    stop,
  };
}

async function listen(server: Server, first: number): Promise<number> {
  for (let port = first; port < first + PORTS_TRIED && port < 65_536; port++) {
    if (await listens(server, port)) return (server.address() as AddressInfo).port;
  }
  throw new Error(`no free port from ${first} to ${first + PORTS_TRIED - 1} on ${ADDRESS} for the sandbox's page`);
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    };
    server.once("error", refused);
    server.listen(port, ADDRESS, () => {
      server.off("error", refused);
      resolve(true);
    });
  });
}
