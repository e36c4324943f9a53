// What keeps it from starting, and that nothing is left behind then.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from "node:fs";
import { writeFileSync, writeSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { MIGRATIONS } from "../../src/store/migrate.ts";
import { inside, leave } from "../fixtures/database-file.ts";
import { StartDesk, type StartPlaces } from "../fixtures/start-desk.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const holder = fileURLToPath(new URL("../fixtures/lock-holder.ts", import.meta.url));

interface Obstacle {
  readonly places: StartPlaces;
  readonly code: string;
  /** Of `riposte serve`. */
  readonly exitCode: number;
  /** What the sentence must name. */
  readonly names: string;
  readonly remove: () => void | Promise<void>;
}

const obstacles: Readonly<Record<string, (desk: StartDesk) => Obstacle | Promise<Obstacle>>> = {
  "a database that another process works on": async (desk) => {
    const path = desk.at("riposte.db");
    const child = spawn(process.execPath, [holder, path], { stdio: ["pipe", "pipe", "inherit"] });
    const gone = once(child, "exit");
    await once(child.stdout, "data");
    const remove = async (): Promise<void> => {
      child.stdin.end();
      await gone;
    };
    onTestFinished(remove);
    return { places: {}, code: "locked", exitCode: 75, names: path, remove };
  },

  "a database that is damaged": (desk) => {
    const path = desk.at("riposte.db");
    leave(path, 300);
    const middle = Math.floor(statSync(path).size / 2);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(20_000, 0xa5), 0, 20_000, middle);
    closeSync(file);
    const remove = (): void => {
      for (const name of readdirSync(desk.directory)) if (name.startsWith("riposte.db")) rmSync(desk.at(name));
    };
    return { places: {}, code: "corrupt", exitCode: 65, names: path, remove };
  },

  "a database that a newer Riposte has used": (desk) => {
    const path = desk.at("riposte.db");
    leave(path, 1);
    const version = inside(path, (db) => db.prepare("PRAGMA user_version").get()?.["user_version"] as number);
    const setVersion = (to: number): void => inside(path, (db) => db.exec(`PRAGMA user_version = ${to}`));
    // Of its schema and no older one: nobody who does not know that may go on.
    setVersion(MIGRATIONS.length + 1);
    return { places: {}, code: "newer", exitCode: 65, names: path, remove: () => setVersion(version) };
  },

  "a folder that can't be made": (desk) => {
    const folder = desk.at("data");
    writeFileSync(folder, "a file where the folder should be");
    const places = { store: join(folder, "riposte.db") };
    return { places, code: "unwritable", exitCode: 73, names: folder, remove: () => rmSync(folder) };
  },

  "a database that is a folder": (desk) => {
    const path = desk.at("riposte.db");
    mkdirSync(path);
    return {
      places: {},
      code: "unwritable",
      exitCode: 73,
      names: path,
      remove: () => rmSync(path, { recursive: true }),
    };
  },

  "a port that is in use": async (desk) => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const listen = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const remove = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
    onTestFinished(remove);
    return { places: { listen, socket: desk.at("s") }, code: "cannot_listen", exitCode: 73, names: listen, remove };
  },

  "a socket's path where something else is": (desk) => {
    const socket = desk.at("s");
    writeFileSync(socket, "notes");
    return { places: { socket }, code: "cannot_listen", exitCode: 73, names: socket, remove: () => rmSync(socket) };
  },

  "a socket at which another server answers": async (desk) => {
    const socket = desk.at("s");
    const server = createServer((connection) => connection.end());
    await new Promise<void>((listening) => server.listen(socket, listening));
    const remove = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
    onTestFinished(remove);
    return { places: { socket }, code: "cannot_listen", exitCode: 73, names: socket, remove };
  },

  "a socket's folder in which others may write": (desk) => {
    const folder = desk.at("open");
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const places = { socket: join(folder, "s") };
    return { places, code: "cannot_listen", exitCode: 73, names: folder, remove: () => chmodSync(folder, 0o700) };
  },
};

describe.each(Object.entries(obstacles))("%s", (_, place) => {
  it("is said in a sentence with what to do, and it starts right after that is done", async () => {
    const desk = new StartDesk();
    const { places, code, names, remove } = await place(desk);

    const failure = await desk.start(places);
    expect(failure).toEqual(expect.objectContaining({ code, message: expect.stringContaining(names) }));
    const again = await desk.start(places);
    expect(again).toEqual(failure);
    await remove();
    await desk.startsNow(places);

    expect(desk.deaths).toEqual([]);
  });

  it("ends the process by itself, with its exit code and one line for a person", async () => {
    const desk = new StartDesk();
    const { places, exitCode, names } = await place(desk);
    writeFileSync(desk.at("riposte.yaml"), desk.configText(places));
    const socketBefore = existsSync(desk.at("s"));

    const { code, err } = await serve(desk.at("riposte.yaml"));

    const lines = err.split("\n").filter((line) => line.startsWith("riposte: "));
    expect({ code, lines }).toEqual({ code: exitCode, lines: [expect.stringContaining(names)] });
    expect(err).not.toMatch(/^ {4}at /m);
    expect(existsSync(desk.at("s"))).toBe(socketBefore);
  });
});

describe("a disk that takes no writes", () => {
  it("is said in a sentence with what to do, and it starts right after there is room", async () => {
    const desk = new StartDesk();
    const writerEntry = new URL("../fixtures/stuck-writer-entry.ts", import.meta.url);

    const failure = await desk.start({}, { instead: { writerEntry } });
    expect(failure).toEqual(expect.objectContaining({ message: expect.stringContaining(desk.at("riposte.db")) }));
    expect(failure).toMatchObject({ code: expect.stringMatching(/^(full|unwritable)$/) });
    await desk.startsNow();

    expect(desk.deaths).toEqual([]);
  });
});

/** Runs it until it ends by itself: whatever was left open would keep it alive. */
async function serve(config: string): Promise<{ readonly code: number | null; readonly err: string }> {
  const child = spawn(process.execPath, [main, "serve", "--config", config], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, err };
}
