import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { unreachableUrl } from "../../test/fakes/serve.ts";
import type { Instant } from "../core/time.ts";
import { systemClock, type Clock } from "./clock.ts";
import type { HttpRequest } from "./http.ts";
import { openUndiciHttp, type UndiciHttp } from "./undici-http.ts";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe("answers", () => {
  test("status, headers and body come back as they were", async () => {
    const { url, requests } = await serveHttp((_, response) => {
      response.writeHead(201, { "X-Some": "thing", "set-cookie": ["a=1", "b=2"] }).end("Grüße");
    });

    const answer = await http().request(post(`${url}/a/b?c=d`, { headers: { "x-ours": "1" }, body: "hello" }));

    expect(answer).toMatchObject({ kind: "answered", status: 201, body: "Grüße", retryAfterMs: null });
    expect(answer).toHaveProperty("headers.x-some", "thing");
    expect(requests).toEqual([{ method: "POST", path: "/a/b?c=d", ours: "1", body: "hello" }]);
  });

  test("a redirect is an answer and is not followed", async () => {
    const { url, requests } = await serveHttp((_, response) => {
      response.writeHead(302, { location: "/elsewhere" }).end();
    });

    expect(await http().request(post(url))).toMatchObject({ kind: "answered", status: 302 });
    expect(requests).toHaveLength(1);
  });

  test("an answer over the cap keeps its status and loses its body", async () => {
    const { url } = await serveHttp((_, response) => response.writeHead(200).end("x".repeat(5_000)));

    const client = http();
    expect(await client.request(post(url, { maxAnswerBytes: 4_999 }))).toMatchObject({ status: 200, body: null });
    expect(await client.request(post(url, { maxAnswerBytes: 5_000 }))).toMatchObject({
      status: 200,
      body: "x".repeat(5_000),
    });
  });

  test.each([
    ["not UTF-8", (response: ServerResponse) => void response.writeHead(200).end(Buffer.from([0x61, 0xff]))],
    [
      "cut in its body",
      (response: ServerResponse) => {
        response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
      },
    ],
    ["never ended", (response: ServerResponse) => void response.writeHead(200).write("half")],
  ])("an answer that is %s keeps its status and has no body", async (_, answer) => {
    const { url } = await serveHttp((__, response) => answer(response));

    expect(await http().request(post(url, { deadlineMs: 300 }))).toMatchObject({
      kind: "answered",
      status: 200,
      body: null,
    });
  });

  test("Retry-After is read as seconds and as a date by the clock that was given", async () => {
    const values = ["7", "Fri, 21 Aug 2026 10:00:09 GMT", "gibberish"];
    const { url } = await serveHttp((_, response) => {
      response.writeHead(429, { "retry-after": values.shift() ?? "" }).end();
    });

    const client = http({ clock: clockAt(Date.UTC(2026, 7, 21, 10)) });
    expect(await client.request(post(url))).toMatchObject({ status: 429, retryAfterMs: 7_000 });
    expect(await client.request(post(url))).toMatchObject({ status: 429, retryAfterMs: 9_000 });
    expect(await client.request(post(url))).toMatchObject({ status: 429, retryAfterMs: null });
  });
});

describe("failures before the first byte", () => {
  test("a refused connection", async () => {
    expect(await http().request(post(await unreachableUrl()))).toEqual(unwritten("connection_refused"));
  });

  test("a name that resolves to nothing", async () => {
    // A label of more than 63 letters is refused by the resolver itself: nothing leaves the machine.
    const answer = await http().request(post(`http://${"a".repeat(64)}.invalid/`));
    expect(answer).toEqual(unwritten("name_not_resolved"));
  });

  test("a TLS handshake with something that speaks none", async () => {
    const server = await serveTcp((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await http().request(post(`https://127.0.0.1:${server.port}/`))).toMatchObject({
      ...unwritten("tls_failed"),
      says: expect.stringContaining("does not speak TLS") as string,
    });
  });

  test("a TLS handshake that is cut", async () => {
    const server = await serveTcp((socket) => socket.resetAndDestroy());
    expect(await http().request(post(`https://127.0.0.1:${server.port}/`))).toEqual(unwritten("connection_reset"));
  });

  test("a TLS handshake that never ends, until the deadline", async () => {
    const server = await serveTcp(() => {});
    const answer = await http().request(post(`https://127.0.0.1:${server.port}/`, { deadlineMs: 200 }));
    expect(answer).toEqual(unwritten("connect_timeout"));
  });

  test("a call that waits for a connection past its deadline is never written", async () => {
    const held = Promise.withResolvers<ServerResponse>();
    const { url, requests } = await serveHttp((_, response) => held.resolve(response));
    const client = http({ connectionsPerOrigin: 1 });

    const first = client.request(post(url, { body: "first" }));
    const response = await held.promise;
    expect(await client.request(post(url, { body: "second", deadlineMs: 100 }))).toEqual(unwritten("connect_timeout"));
    response.writeHead(200).end("ok");

    expect(await first).toMatchObject({ status: 200 });
    expect(requests.map(({ body }) => body)).toEqual(["first"]);
  });

  test.each(["no address", "ftp://127.0.0.1/", "http://", ""])("%j is no address to call", async (url) => {
    expect(await http().request(post(url))).toEqual(unwritten("bad_request"));
  });

  test("a header that can't be sent", async () => {
    const { url } = await serveHttp((_, response) => response.end());
    expect(await http().request(post(url, { headers: { "x-a": "b\r\nc" } }))).toEqual(unwritten("bad_request"));
  });
});

describe("failures after the first byte", () => {
  test("a connection that is cut once the request was read", async () => {
    const { url } = await serveHttp((_, response) => response.socket?.resetAndDestroy());
    expect(await http().request(post(url))).toEqual(written("connection_reset"));
  });

  test("a connection that is closed without an answer", async () => {
    const { url } = await serveHttp((_, response) => response.destroy());
    expect(await http().request(post(url))).toEqual(written("connection_reset"));
  });

  test("an answer that never comes, until the deadline", async () => {
    const { url } = await serveHttp(() => {});
    expect(await http().request(post(url, { deadlineMs: 150 }))).toEqual(written("timeout"));
  });

  test("an answer that is not HTTP", async () => {
    const server = await serveTcp((socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.6\r\n")));
    expect(await http().request(post(`http://127.0.0.1:${server.port}/`))).toEqual(written("unreadable_answer"));
  });

  test("no failed call is sent a second time", async () => {
    const { url, requests } = await serveHttp((_, response) => response.socket?.resetAndDestroy());
    const client = http();
    await client.request({ ...post(url), method: "GET", body: null });
    await client.request(post(url));
    expect(requests).toHaveLength(2);
  });
});

describe("connections", () => {
  test("one connection carries many calls, and no more are opened than were allowed", async () => {
    const { url, connections } = await serveHttp((_, response) => response.end("ok"));

    const one = http({ connectionsPerOrigin: 1 });
    for (let n = 0; n < 5; n += 1) await one.request(post(url));
    expect(connections()).toBe(1);

    const three = http({ connectionsPerOrigin: 3 });
    await Promise.all(Array.from({ length: 30 }, () => three.request(post(url))));
    expect(connections()).toBe(1 + 3);
  });

  test("a kept connection that the other side closed meanwhile costs nothing", async () => {
    const sockets: Socket[] = [];
    const { url } = await serveHttp((request, response) => {
      sockets.push(request.socket);
      response.end("ok");
    });
    const client = http({ connectionsPerOrigin: 1 });
    await client.request(post(url));
    const [socket] = sockets;
    if (socket === undefined) throw new Error("no connection");
    const closed = once(socket, "close");
    socket.end();
    await closed;

    expect(await client.request(post(url))).toMatchObject({ kind: "answered", status: 200 });
  });
});

describe("closing", () => {
  test("waits for calls in flight and refuses new ones", async () => {
    const held = Promise.withResolvers<ServerResponse>();
    const { url } = await serveHttp((_, response) => held.resolve(response));
    const client = openUndiciHttp({ connectionsPerOrigin: 2, clock: systemClock });
    const inFlight = client.request(post(url));
    const response = await held.promise;

    const closed = client.close(10_000);
    expect(await client.request(post(url))).toEqual(unwritten("connection_refused"));
    response.end("ok");

    await closed;
    expect(await inFlight).toMatchObject({ kind: "answered", status: 200 });
  });

  test("cuts what takes longer than it was given", async () => {
    const arrived = Promise.withResolvers<void>();
    const { url } = await serveHttp(() => arrived.resolve());
    const client = openUndiciHttp({ connectionsPerOrigin: 2, clock: systemClock });
    const inFlight = client.request(post(url));
    await arrived.promise;

    await client.close(50);
    expect(await inFlight).toEqual(written("connection_reset"));
  });
});

function http(options: Partial<Parameters<typeof openUndiciHttp>[0]> = {}): UndiciHttp {
  const client = openUndiciHttp({ connectionsPerOrigin: 4, clock: systemClock, ...options });
  cleanups.push(() => client.close(0));
  return client;
}

function post(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "POST", url, headers: {}, body: "{}", deadlineMs: 10_000, maxAnswerBytes: 10_000, ...more };
}

function unwritten(reason: string): object {
  return { kind: "failed", written: false, reason };
}

function written(reason: string): unknown {
  return { kind: "failed", written: true, reason };
}

function clockAt(now: Instant): Clock {
  return { now: () => now, after: (ms, then) => systemClock.after(ms, then) };
}

async function serveHttp(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const requests: { method: string; path: string; ours: unknown; body: string }[] = [];
  let connections = 0;
  const server = createHttpServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const { method = "", url: path = "" } = request;
      requests.push({ method, path, ours: request.headers["x-ours"], body });
      answer(request, response);
    });
  });
  server.on("connection", () => (connections += 1));
  const port = await listen(server);
  cleanups.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}`, requests, connections: () => connections };
}

async function serveTcp(greet: (socket: Socket) => void): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    greet(socket);
  });
  cleanups.push(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: await listen(server) };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
