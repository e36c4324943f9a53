import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import { FakeCa } from "../../test/fakes/certificates.ts";
import { FakeRiposte } from "../../test/fakes/riposte-server.ts";
import { unreachableUrl } from "../../test/fakes/serve.ts";
import { systemClock } from "./clock.ts";
import { openLightHttp, type LightHttp } from "./light-http.ts";
import { followLightTls, type LightTlsFiles } from "./light-tls.ts";

let folder: string;
const ca = new FakeCa("Our CA");
const issued = ca.issue({ names: ["127.0.0.1"] });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "riposte-light-"));
  return () => rmSync(folder, { recursive: true });
});

function put(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function serve(tls?: { cert: string; key: string; ca?: string }): Promise<FakeRiposte> {
  const server = await FakeRiposte.open(tls === undefined ? {} : { tls });
  onTestFinished(() => server.close());
  return server;
}

function open(files: Partial<LightTlsFiles> = {}): LightHttp {
  const clock = systemClock;
  const troubled = (): void => {};
  const http = openLightHttp({
    clock,
    tls: followLightTls({ files: { ca: null, cert: null, key: null, ...files }, clock, troubled }),
  });
  onTestFinished(() => http.close());
  return http;
}

function ask(http: LightHttp, url: string, more: { deadlineMs?: number; maxAnswerBytes?: number } = {}) {
  const body = Buffer.from('{"id":"1","timestamp":"t"}\n');
  const bounds = { deadlineMs: 20_000, maxAnswerBytes: 1_000, ...more };
  return http.request({ method: "POST", url: `${url}/v1/alerts`, headers: {}, body, ...bounds });
}

test("an answer comes with its status, headers and body; redirects are not followed", async () => {
  const server = await serve();
  const http = open();

  const first = await ask(http, server.url);
  server.habit = () => ({ kind: "status", status: 307, headers: { location: "/elsewhere", "retry-after": "3" } });
  const second = await ask(http, server.url);

  expect(first).toMatchObject({ kind: "answered", status: 200, headers: { "content-type": "application/json" } });
  expect(second).toMatchObject({ kind: "answered", status: 307, retryAfterMs: 3_000 });
  expect(server.requests).toHaveLength(2);
});

test("what is not to be had is a value that says why", async () => {
  const server = await serve();
  const http = open();

  expect(await ask(http, await unreachableUrl())).toMatchObject({ reason: "connection_refused", written: false });
  expect(await ask(http, "http://no-such-host.invalid")).toMatchObject({ reason: "name_not_resolved" });
  expect(await ask(http, server.url, { maxAnswerBytes: 10 })).toMatchObject({ reason: "unreadable_answer" });
  server.habit = () => ({ kind: "cut_off", done: true });
  expect(await ask(http, server.url)).toMatchObject({ kind: "answered", status: 200, body: null });
  server.habit = () => ({ kind: "reset", done: true });
  expect(await ask(http, server.url)).toMatchObject({ reason: "connection_reset", written: true });
  server.habit = () => ({ kind: "hang", done: true });
  expect(await ask(http, server.url, { deadlineMs: 20 })).toMatchObject({ reason: "timeout", written: true });
  http.close();
  expect(await ask(http, server.url)).toMatchObject({ kind: "failed" });
});

test("what speaks no HTTP is told as such", async () => {
  const server = createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());

  const answer = await ask(open(), `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  expect(answer).toMatchObject({ kind: "failed", reason: "unreadable_answer" });
});

test("the CA that is named is trusted, and no other", async () => {
  const server = await serve({ cert: issued.certificate, key: issued.key });
  const right = open({ ca: put("ca.pem", ca.certificate) });
  const wrong = open({ ca: put("other.pem", new FakeCa("Another").certificate) });
  const none = open();

  expect(await ask(right, server.url)).toMatchObject({ status: 200 });
  expect(await ask(wrong, server.url)).toMatchObject({ reason: "tls_failed" });
  const untrusted = await ask(none, server.url);
  expect(untrusted).toMatchObject({ reason: "tls_failed" });
  expect(untrusted.kind === "failed" && untrusted.says).toContain("name its certificate in `ca`");
});

test("a client certificate is shown, and one that is missed is told of", async () => {
  const server = await serve({ cert: issued.certificate, key: issued.key, ca: ca.certificate });
  const client = ca.issue({ names: ["node-1"] });
  const files = {
    ca: put("ca.pem", ca.certificate),
    cert: put("c.pem", client.certificate),
    key: put("k.pem", client.key),
  };

  expect(await ask(open(files), server.url)).toMatchObject({ status: 200 });
  const without = await ask(open({ ca: files.ca }), server.url);
  expect(without).toMatchObject({ reason: "tls_failed" });
  expect(without.kind === "failed" && without.says).toContain("asks for a client certificate");
});

test("files that are renewed are used from then on; what can't be used is told, and the former stays", async () => {
  const clock = createTestClock();
  const told: string[] = [];
  const path = put("ca.pem", ca.certificate);
  const tls = followLightTls({
    files: { ca: path, cert: null, key: null },
    clock,
    troubled: (says) => told.push(says),
  });
  const first = tls.context();

  put("ca.pem", "-----BEGIN CERTIFICATE-----\nhalf");
  await clock.advance(3_000);
  const damaged = tls.context();
  await clock.advance(11_000);
  const lasting = tls.context();
  put("ca.pem", new FakeCa("The next").certificate);
  await clock.advance(3_000);
  const renewed = tls.context();

  const contexts = [first, damaged, lasting, renewed].map((found) => (found.kind === "usable" ? found.context : null));
  expect(contexts.includes(null)).toBe(false);
  expect([contexts[1] === contexts[0], contexts[2] === contexts[0], contexts[3] === contexts[0]]).toEqual([
    true,
    true,
    false,
  ]);
  expect(told).toEqual([`${path} is damaged: a certificate in it has no end. Copy it there once more`]);
});

test.each([
  ["a CA that is not there", () => ({ ca: join(folder, "none.pem") }), "does not exist"],
  ["a CA that is none", () => ({ ca: put("a", "hello") }), "holds no certificate in PEM"],
  [
    "a key that is none",
    () => ({ cert: put("c", issued.certificate), key: put("k", "hello") }),
    "holds no private key",
  ],
  [
    "a key of another certificate",
    () => ({ cert: put("c", issued.certificate), key: put("k", ca.issue().key) }),
    "do the certificate and its key belong together?",
  ],
])("%s is told with its path, before anything is called", async (_name, files, says) => {
  const server = await serve({ cert: issued.certificate, key: issued.key });

  const answer = await ask(open(files()), server.url);

  expect(answer).toMatchObject({ kind: "failed", reason: "tls_failed", written: false });
  expect(answer.kind === "failed" && answer.says).toContain(says);
  expect(server.requests).toEqual([]);
});
