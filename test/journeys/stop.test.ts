// Stopping takes bounded time, whatever hangs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { App } from "../../src/app.ts";
import { newNeed } from "../../src/core/need.ts";
import { SECOND_MS } from "../../src/core/time.ts";
import type { Work } from "../../src/core/work.ts";
import type { LineJudge } from "../../src/sources/line-judge.ts";
import { alertLine } from "../fixtures/cli-rig.ts";
import { open } from "../fixtures/database-file.ts";
import { hurriedClock, StartDesk, type StartPlaces } from "../fixtures/start-desk.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const writerEntry = new URL("../fixtures/stuck-writer-entry.ts", import.meta.url);

/** How long stopping may take by what Riposte says of itself, and a little for the machine. */
const boundMs = 15 * SECOND_MS + SECOND_MS;

interface HungServer {
  readonly url: string;
  /** Resolves when a call has come in. */
  readonly called: Promise<unknown>;
}

async function openHungServer(): Promise<HungServer> {
  const server = createServer();
  const called = once(server, "request");
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, called };
}

function works(path: string): readonly Work[] {
  const store = open(path);
  const { works: rows } = store.read({ ...newNeed(), incidents: new Set([1]) });
  store.close();
  return rows;
}

async function started(desk: StartDesk, places: StartPlaces, options: Parameters<StartDesk["start"]>[1]): Promise<App> {
  const app = await desk.start(places, options);
  if (!("stop" in app)) throw new Error(app.message);
  return app;
}

describe("with a call in flight at a server that never answers", () => {
  it(
    "a process that is asked to end does so in time, and what is known of the call is written down",
    { timeout: 60_000 },
    async () => {
      const desk = new StartDesk();
      const { url, called } = await openHungServer();
      writeFileSync(desk.at("riposte.yaml"), desk.configText({ hook: url }));
      appendFileSync(desk.alerts, alertLine(1));
      const child = spawn(process.execPath, [main, "serve", "--config", desk.at("riposte.yaml")], { stdio: "ignore" });
      onTestFinished(() => void child.kill("SIGKILL"));
      await called;

      const askedAt = performance.now();
      child.kill("SIGTERM");
      const [code] = (await once(child, "close")) as [number | null];

      expect(code).toBe(0);
      expect(performance.now() - askedAt).toBeLessThan(boundMs);
      expect(works(desk.at("riposte.db"))).toMatchObject([{ state: "unknown", reason: "timeout" }]);
      expect(existsSync(desk.at("riposte.sock"))).toBe(false);
    },
  );

  it("a second signal ends it at once, and the next start knows of the call", { timeout: 60_000 }, async () => {
    const desk = new StartDesk();
    const { url, called } = await openHungServer();
    writeFileSync(desk.at("riposte.yaml"), desk.configText({ hook: url }));
    appendFileSync(desk.alerts, alertLine(1));
    const args = [main, "serve", "--config", desk.at("riposte.yaml"), "--log-format", "json"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const isStopping = new Promise<void>((resolve) => {
      child.stderr.on("data", (text: Buffer) => void (text.includes("stopping") && resolve()));
    });
    await called;

    child.kill("SIGTERM");
    await isStopping;
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([143, null]);
    await desk.startsNow({ hook: url });

    expect(works(desk.at("riposte.db"))).toMatchObject([{ state: "unknown", reason: "engine_died" }]);
  });

  it("also where nothing ever comes back of it, the call is given up on and the database let go", async () => {
    const desk = new StartDesk();
    const called = Promise.withResolvers<void>();
    const request = (): Promise<never> => {
      called.resolve();
      return new Promise<never>(() => {});
    };
    appendFileSync(desk.alerts, alertLine(1));
    const app = await started(desk, {}, { clock: hurriedClock, instead: { http: () => ({ request }) } });
    await called.promise;

    await app.stop("the test says so");

    expect(works(desk.at("riposte.db"))).toMatchObject([{ state: "unknown", reason: "timeout" }]);
  });

  it("whoever asks a second time waits as long as the first", async () => {
    const desk = new StartDesk();
    const { url, called } = await openHungServer();
    appendFileSync(desk.alerts, alertLine(1));
    const app = await started(desk, { hook: url }, { clock: hurriedClock });
    await called;
    const ended: string[] = [];

    await Promise.all(["first", "second"].map((who) => app.stop(who).then(() => ended.push(who))));

    expect(ended).toEqual(["first", "second"]);
    expect(works(desk.at("riposte.db"))).toHaveLength(1);
  });
});

describe("with a database that never answers", () => {
  it("it ends in time all the same, and the database is free for the next", async () => {
    const desk = new StartDesk();
    const store = desk.at("hangs.db");
    const read = Promise.withResolvers<void>();
    const judge = (real: LineJudge): LineJudge => ({
      refuse: (...line) => real.refuse(...line),
      judge(...line) {
        read.resolve();
        return real.judge(...line);
      },
    });
    appendFileSync(desk.alerts, alertLine(1));
    const app = await started(desk, { store }, { clock: hurriedClock, instead: { writerEntry, judge } });
    await read.promise;

    await app.stop("the test says so");

    expect(works(store)).toEqual([]);
  });
});

describe("with somebody at the admin socket who never finishes his request", () => {
  it("it ends in time, and hangs up on him", async () => {
    const desk = new StartDesk();
    const app = await started(desk, { socket: desk.at("s") }, { clock: hurriedClock });
    const client = connect(app.socketPath);
    await once(client, "connect");
    const hungUp = once(client.resume(), "close");
    client.write("POST /v1/incidents/1/ack HTTP/1.1\r\nhost: riposte\r\ncontent-length: 10\r\n\r\n");

    await app.stop("the test says so");

    await hungUp;
    expect(existsSync(desk.at("s"))).toBe(false);
  });
});
