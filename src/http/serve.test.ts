import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../ports/clock.ts";
import { askSocket } from "./client.ts";
import { listenSocket, listenTcp, type CannotListen, type Fetch, type Listening } from "./serve.ts";

const clock = systemClock;
const hello: Fetch = () => Response.json({ hello: true });

let directory: string;
const listening: Listening[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "riposte-serve-"));
});
afterEach(async () => {
  for (const one of listening.splice(0)) await one.stop();
  rmSync(directory, { recursive: true });
});

async function open(path: string, fetch: Fetch = hello): Promise<Listening> {
  const opened = await listenSocket(fetch, { path, clock });
  if (opened.kind !== "listening") throw new Error(opened.message);
  listening.push(opened);
  return opened;
}

async function refused(path: string): Promise<CannotListen> {
  const opened = await listenSocket(hello, { path, clock });
  if (opened.kind === "listening") listening.push(opened);
  expect(opened).toMatchObject({ kind: "cannot_listen" });
  return opened as CannotListen;
}

test("the admin socket answers, is for its owner only, and leaves nothing behind", async () => {
  const path = join(directory, "riposte.sock");

  const server = await open(path);
  const answer = await askSocket(path, "me")({ method: "GET", path: "/v1/x" });

  expect(answer).toEqual({ kind: "answered", status: 200, body: { hello: true } });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(["riposte.sock"]);
  await server.stop();
  expect(readdirSync(directory)).toEqual([]);
});

test("a socket that a dead server left behind is replaced", async () => {
  const path = join(directory, "riposte.sock");
  // Closing a server removes its socket; a renamed one outlives it, as after a kill.
  const dead = createServer();
  await new Promise<void>((resolve) => dead.listen(join(directory, "old"), resolve));
  renameSync(join(directory, "old"), path);
  await new Promise((resolve) => dead.close(resolve));

  await open(path);

  expect(await askSocket(path, "me")({ method: "GET", path: "/" })).toMatchObject({ kind: "answered" });
});

test("a living server is not pushed aside", async () => {
  const path = join(directory, "riposte.sock");
  await open(path);

  expect(await refused(path)).toMatchObject({ code: "in_use", message: expect.stringContaining("another server") });
});

test("a file that is no socket is left alone", async () => {
  const path = join(directory, "riposte.sock");
  writeFileSync(path, "somebody's");

  expect((await refused(path)).message).toContain("is no socket");
  expect(statSync(path).size).toBe(10);
});

test("a directory where others may write is refused with the command that mends it", async () => {
  const open = join(directory, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);

  expect((await refused(join(open, "riposte.sock"))).message).toContain(`chmod go-w ${open}`);
});

test.each([
  ["too long", () => join(directory, "x".repeat(120))],
  ["no such directory", () => join(directory, "none", "riposte.sock")],
])("a path that is %s is refused in one sentence", async (says, path) => {
  expect((await refused(path())).message).toContain(says);
});

test("an address that is taken, or is not this machine's, is refused in one sentence", async () => {
  const first = (await listenTcp(hello, { host: "127.0.0.1", port: 0, clock })) as Listening;
  listening.push(first);
  const port = Number(first.address.split(":")[1]);

  expect(await listenTcp(hello, { host: "127.0.0.1", port, clock })).toMatchObject({
    code: "in_use",
    message: `127.0.0.1:${port}: someone is listening there already. Stop him, or name another address (EADDRINUSE)`,
  });
  expect(await listenTcp(hello, { host: "192.0.2.1", port: 0, clock })).toMatchObject({ code: "bad_address" });
});

test("stopping lets a request that is under way end", async () => {
  const path = join(directory, "riposte.sock");
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = await open(path, async () => {
    arrived.resolve();
    await gate.promise;
    return Response.json("done");
  });

  const answer = askSocket(path, "me")({ method: "GET", path: "/" });
  await arrived.promise;
  const stopped = server.stop();
  gate.resolve();

  expect(await answer).toMatchObject({ status: 200, body: "done" });
  await stopped;
});

test("an absent server is told apart from one that can't be asked", async () => {
  const path = join(directory, "riposte.sock");

  expect(await askSocket(path, "me")({ method: "GET", path: "/" })).toMatchObject({ kind: "absent" });
});
