// Real sockets and the bounds of the door itself, which are the machine's and not our clock's: small ones.
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { type DoorRig, openDoorRig, secretOf } from "../../test/fixtures/door-rig.ts";
import type { DoorBounds } from "./server.ts";

let door: DoorRig;

afterEach(() => door.close());

async function open(bounds: Partial<DoorBounds> = {}): Promise<void> {
  door = await openDoorRig({ bounds });
}

async function connection(): Promise<{ socket: TLSSocket; ended: Promise<string>; said: () => string }> {
  const socket = connectTls({ port: door.port, host: "127.0.0.1", ca: door.ca.certificate });
  let said = "";
  socket.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")));
  socket.on("error", () => {});
  const closed = Promise.withResolvers<string>();
  socket.on("close", () => closed.resolve(said));
  await once(socket, "secureConnect");
  return { socket, ended: closed.promise, said: () => said };
}

const authorised = (name: string): string => `Host: riposte\r\nAuthorization: Bearer ${secretOf(name)}\r\n`;

test("whoever sends his headers drop by drop is put out", async () => {
  await open({ headersMs: 60, lookMs: 10 });
  const { socket, ended } = await connection();
  socket.write("GET /healthz HTTP/1.1\r\nHost: riposte\r\n");
  const drip = setInterval(() => socket.write("X: y\r\n"), 5);

  const said = await ended;
  clearInterval(drip);
  expect(said).toMatch(/^(HTTP\/1\.1 408 |$)/);
});

test("whoever says nothing in the handshake is put out", async () => {
  await open({ handshakeMs: 40 });
  const silent = connectTcp({ port: door.port, host: "127.0.0.1" });
  silent.on("error", () => {});

  await once(silent, "close");
});

test("whoever says nothing after the handshake is put out", async () => {
  await open({ idleMs: 40 });
  const { ended } = await connection();

  expect(await ended).toBe("");
});

test("a short body that does not come is not waited for, by the clock", async () => {
  await open();
  const { socket, ended } = await connection();
  socket.write(
    `POST /v1/incidents/1/resolve HTTP/1.1\r\n${authorised("oncall")}Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"note":`,
  );
  const follower = door.rig.clock.waiting();
  while (door.rig.clock.waiting() <= follower) await new Promise((resolve) => setImmediate(resolve));
  await door.rig.clock.advance(10_000);

  expect(await ended).toMatch(/^HTTP\/1\.1 408 [^]*urn:riposte:too-slow/);
});

test("a gigabyte is refused by its length, before any of it is read", async () => {
  await open();
  const { socket, ended, said } = await connection();
  socket.write(
    `POST /v1/incidents/1/resolve HTTP/1.1\r\n${authorised("oncall")}Content-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n`,
  );
  await once(socket, "data");

  expect(said()).toMatch(/^HTTP\/1\.1 413 [^]*urn:riposte:too-large/);
  // Nobody waits for the rest either.
  expect(await ended).toContain("413");
});

test("a gigabyte of somebody who is nobody is refused for that, before any of it is read", async () => {
  await open();
  const { socket, ended } = await connection();
  socket.write("POST /v1/test-alerts HTTP/1.1\r\nHost: riposte\r\nTransfer-Encoding: chunked\r\n\r\n");

  expect(await ended).toMatch(/^HTTP\/1\.1 401 /);
});

test("garbage behind a request costs only its own connection", async () => {
  await open();
  const { socket, ended } = await connection();
  socket.write(
    `GET /v1/sources HTTP/1.1\r\n${authorised("viewer")}\r\n\u0000\u0001\u0002 garbage ${"x".repeat(500)}\r\n\r\n`,
  );

  const said = await ended;
  expect(said.match(/HTTP\/1\.1 (\d+)/g)).toEqual(expect.arrayContaining(["HTTP/1.1 400"]));
  expect(said).not.toContain("garbage");
  expect((await door.ask("/healthz")).status).toBe(200);
});

test.each([
  ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
  ["a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["headers of 20 KiB", `X: ${"x".repeat(20_000)}\r\n\r\n`],
])("a request with %s is refused and its connection closed", async (_, rest) => {
  await open();
  const { socket, ended } = await connection();
  socket.write(`POST /v1/test-alerts HTTP/1.1\r\n${authorised("oncall")}${rest}`);

  expect(await ended).toMatch(/^HTTP\/1\.1 (400|431) /);
});

test("one address can't take all connections", async () => {
  await open({ connectionsFromOne: 2 });
  const [first, second] = [await connection(), await connection()];
  const third = connectTls({ port: door.port, host: "127.0.0.1", ca: door.ca.certificate });
  const refused = Promise.withResolvers<Error>();
  third.on("error", refused.resolve);

  expect((await refused.promise).message).toContain("disconnected before secure TLS connection");
  first.socket.destroy();
  await first.ended;
  second.socket.destroy();
  await second.ended;
  // The door hears of it a moment later than we do.
  for (;;) {
    const answer = await door.ask("/healthz").catch(() => null);
    if (answer !== null) {
      expect(answer.status).toBe(200);
      return;
    }
  }
});
