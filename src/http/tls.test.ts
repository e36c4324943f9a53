import { once } from "node:events";
import { Agent } from "node:https";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeCa } from "../../test/fakes/certificates.ts";
import { type DoorRig, openDoorRig, secretOf } from "../../test/fixtures/door-rig.ts";
import { listenTcp } from "./serve.ts";

let door: DoorRig;

beforeEach(async () => {
  door = await openDoorRig();
});
afterEach(() => door.close());

async function shownAt(port: number, options: object = {}): Promise<string> {
  const socket = connectTls({ port, host: "127.0.0.1", ca: door.ca.certificate, ...options });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** Files are read by the machine and not by the test's clock: each step lets one look end. */
async function looks(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await door.rig.clock.advance(2_000);
    while (door.rig.clock.waiting() === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a certificate that is renewed by a swapped folder is shown to the next who comes, and nobody is cut off", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const old = await shownAt(door.port);
  await door.ask("/healthz", { agent });

  door.swapTls(door.issue(door.ca, { names: ["127.0.0.1"] }));
  await looks(1);

  expect(await shownAt(door.port)).not.toBe(old);
  expect(door.told).toEqual(["renewed"]);
  expect((await door.ask("/healthz", { agent })).status).toBe(200);
  agent.destroy();
});

test("files that can't be used change nothing, and are told of once when that lasts", async () => {
  const before = await shownAt(door.port);
  const { certificate } = door.issue(door.ca, { names: ["127.0.0.1"] });
  door.swapTls({ certificate, key: door.issue(door.ca).key });

  await looks(3);
  const toldAtOnce = [...door.told];
  await looks(6);

  expect(toldAtOnce).toEqual([]);
  expect(door.told).toEqual([
    expect.stringMatching(/^http\.tls\.key: .*tls\.key is not the key of the certificate in/),
  ]);
  expect(door.told[0]).not.toContain("BEGIN");
  expect(await shownAt(door.port)).toBe(before);

  door.swapTls(door.issue(door.ca, { names: ["127.0.0.1"] }));
  await looks(1);
  expect(await shownAt(door.port)).not.toBe(before);
});

test("a certificate that runs out within two weeks is told of once", async () => {
  const soon = door.issue(door.ca, { names: ["127.0.0.1"], validUntilMs: door.rig.clock.now() + 13 * 86_400_000 });
  door.swapTls(soon);
  await looks(3);

  expect(door.told).toEqual(["renewed", expect.stringMatching(/tls\.crt expires on \d{4}-\d\d-\d\d$/)]);
});

test("nothing older than TLS 1.2 is spoken, and nothing plain", async () => {
  const old = connectTls({
    port: door.port,
    host: "127.0.0.1",
    ca: door.ca.certificate,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  });
  const [error] = (await once(old, "error")) as [NodeJS.ErrnoException];
  const plain = connectTcp({ port: door.port, host: "127.0.0.1" });
  let said = "";
  plain.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")));
  plain.on("error", () => {});
  plain.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(plain, "close");

  expect(error.code).toMatch(/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
  expect(said).not.toContain("HTTP/1.1 200");
  expect(await shownAt(door.port, { maxVersion: "TLSv1.2" })).toBe(await shownAt(door.port, { minVersion: "TLSv1.3" }));
});

test("whoever was let in by a CA that is none any more is out ten seconds later", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const shows = door.issue(door.clients, { names: ["node-1.example"] });
  expect((await door.ask("/v1/status", { shows, agent })).status).toBe(200);
  const [kept] = Object.values(agent.freeSockets)[0] as TLSSocket[];
  const closed = once(kept!, "close");

  door.swapTls({ ...door.issue(door.ca, { names: ["127.0.0.1"] }), clients: new FakeCa("Clients CA").certificate });
  await looks(1);
  expect((await door.ask("/v1/status", { shows })).status).toBe(401);
  await door.rig.clock.advance(10_000);
  await closed;

  expect((await door.ask("/v1/status", { token: secretOf("viewer") })).status).toBe(200);
  // Nor does the session of before get him in, which his side still has.
  expect((await door.ask("/v1/status", { shows, agent })).status).toBe(401);
  agent.destroy();
});

test("files that can't be used at the start are one sentence each", async () => {
  const files = { certificate: "/nowhere/tls.crt", key: "/nowhere/tls.key", clientCa: null };
  const tell = { renewed: () => {}, troubled: () => {}, expiring: () => {} };

  const opened = await listenTcp(() => new Response(), {
    host: "127.0.0.1",
    port: 0,
    clock: door.rig.clock,
    tls: { files, tell },
  });

  expect(opened).toMatchObject({
    kind: "cannot_listen",
    code: "bad_tls",
    message:
      "http.tls.certificate: /nowhere/tls.crt does not exist. Create it, or correct the path in the config; http.tls.key: /nowhere/tls.key does not exist. Create it, or correct the path in the config",
  });
});
