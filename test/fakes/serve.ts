import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer as createTcpServer, type AddressInfo } from "node:net";
import { commitOf, type Fault, type FaultKind } from "./faults.ts";
import type { Vendor, VendorAnswer, VendorRequest } from "./vendor.ts";

/** Faults that happen after a connection is there; for the others see `unreachableUrl` and `brokenTlsUrl`. */
export type ServedFault = Exclude<Fault, { kind: "refused" | "dns" | "tls" }> | BytesFault;

/** What is wrong with the bytes of an answer, which only a socket can show. */
export type BytesFault =
  /** The vendor did it, and the connection ends in the middle of the body that was announced. */
  | { readonly kind: "cut-off"; readonly afterBytes: number }
  /** Something in between answers in the vendor's place: a proxy's error page, a login page, 30 MB of whatever. */
  | { readonly kind: "instead"; readonly done: boolean; readonly answer: VendorAnswer };

export interface ServeOptions {
  /** Asked at each request, the first being number 1. */
  readonly faults?: (n: number, request: VendorRequest) => ServedFault | null;
  /** Between what the vendor does and its answer. */
  readonly beforeAnswer?: () => Promise<void>;
  /** The time that the vendor goes by. */
  readonly now?: () => number;
  /** Speaks TLS, in PEM. */
  readonly tls?: {
    readonly certificate: string;
    readonly key: string;
    /** Only whoever shows a certificate from this CA is served. */
    readonly clientCa?: string;
  };
}

export interface ServedVendor {
  /** Without a slash at the end. */
  readonly url: string;
  /** The same port spoken to in TLS, which it does not speak: the handshake fails before a byte of the request is out. */
  readonly brokenTlsUrl: string;
  readonly requests: readonly ServedRequest[];
  /** Resolves when this many requests have come. */
  arrived(count: number): Promise<void>;
  /** Resolves when no late commit is outstanding. */
  drain(): Promise<void>;
  /** Cuts what still hangs and forgets late commits; throws if the vendor itself broke. */
  close(): Promise<void>;
}

export interface ServedRequest extends VendorRequest {
  readonly n: number;
  readonly at: number;
  readonly fault: FaultKind | BytesFault["kind"] | null;
  /** When the vendor handled it; null while, or if, it did not. */
  handledAt: number | null;
  /** What was answered; null if nothing was. */
  status: number | null;
}

/** Serves a vendor on loopback by the real clock. */
export async function serveVendor(vendor: Vendor, options: ServeOptions = {}): Promise<ServedVendor> {
  const requests: ServedRequest[] = [];
  const broken: unknown[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let lateCommits = 0;
  let waiting: (() => void)[] = [];

  const take = (incoming: IncomingMessage, response: ServerResponse): void => {
    serveOne(incoming, response)
      .catch((error: unknown) => {
        // A client that went away while it was still sending is its own affair.
        if (incoming.complete) broken.push(error);
        response.destroy();
      })
      .finally(tellWaiting);
  };
  const { certificate: cert, key, clientCa } = options.tls ?? {};
  const server =
    options.tls === undefined
      ? createHttpServer(take)
      : createHttpsServer({ cert, key, ...(clientCa !== undefined && { ca: clientCa, requestCert: true }) }, take);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function serveOne(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const n = requests.length + 1;
    const fault = options.faults?.(n, request) ?? null;
    const entry: ServedRequest = {
      ...request,
      n,
      at: (options.now ?? Date.now)(),
      fault: fault?.kind ?? null,
      handledAt: null,
      status: null,
    };
    requests.push(entry);

    const answer = isDoneNow(fault) ? handle(entry) : null;
    await options.beforeAnswer?.();
    if (fault?.kind === "late-commit") {
      lateCommits += 1;
      later(fault.delayMs, () => {
        lateCommits -= 1;
        handle(entry);
      });
    }
    respond(entry, fault, answer, response);
  }

  function handle(entry: ServedRequest): VendorAnswer {
    entry.handledAt = (options.now ?? Date.now)();
    return vendor.handle(entry, entry.handledAt);
  }

  function respond(
    entry: ServedRequest,
    fault: ServedFault | null,
    answer: VendorAnswer | null,
    response: ServerResponse,
  ): void {
    switch (fault?.kind) {
      case undefined:
        return send(entry, answer, response);
      case "slow":
        return later(fault.delayMs, () => send(entry, answer, response));
      case "reset-before-commit":
      case "reset-after-commit":
        // What lies under TLS can't be reset from here.
        if (options.tls === undefined) response.socket?.resetAndDestroy();
        else response.destroy();
        return;
      case "timeout-not-done":
      case "timeout-done":
      case "late-commit":
        return;
      case "cut-off":
        return cutOff(entry, answer, fault.afterBytes, response);
      case "instead":
        return send(entry, fault.answer, response);
      case "garbage":
        return send(entry, { status: 200, headers: { "content-type": "text/html" }, body: fault.body }, response);
      case "status-429":
        return send(entry, troubled(429, fault.retryAfterSeconds), response);
      case "status-500":
        return send(entry, troubled(500, null), response);
      case "status-503":
        return send(entry, troubled(503, fault.retryAfterSeconds), response);
    }
  }

  function send(entry: ServedRequest, answer: VendorAnswer | null, response: ServerResponse): void {
    if (answer === null) throw new Error("nothing to answer with");
    entry.status = answer.status;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  function cutOff(
    entry: ServedRequest,
    answer: VendorAnswer | null,
    afterBytes: number,
    response: ServerResponse,
  ): void {
    if (answer === null) throw new Error("nothing to answer with");
    entry.status = answer.status;
    const body = Buffer.from(answer.body);
    response.writeHead(answer.status, { ...answer.headers, "content-length": String(body.byteLength) });
    response.write(body.subarray(0, Math.min(afterBytes, body.byteLength - 1)), () => response.destroy());
  }

  function later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      try {
        act();
      } catch (error) {
        broken.push(error);
      }
      tellWaiting();
    }, delayMs);
    timers.add(timer);
  }

  function tellWaiting(): void {
    const told = waiting;
    waiting = [];
    for (const tell of told) tell();
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve));
  }

  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    brokenTlsUrl: `https://127.0.0.1:${port}`,
    requests,
    arrived: (count) => until(() => requests.length >= count),
    drain: () => until(() => lateCommits === 0),
    async close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      lateCommits = 0;
      tellWaiting();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      if (broken.length > 0) throw new Error("a fake vendor broke", { cause: broken[0] });
    },
  };
}

/**
 * An address that refuses connections. The port stays taken for the life of the process, by the near end of a
 * connection of ours, so that no other test's server can be given it meanwhile.
 */
export async function unreachableUrl(): Promise<string> {
  const far = createTcpServer((socket) => socket.unref());
  far.listen(0, "127.0.0.1");
  await once(far, "listening");
  const near = connect((far.address() as AddressInfo).port, "127.0.0.1");
  await Promise.all([once(near, "connect"), once(far, "connection")]);
  near.unref();
  far.close();
  return `http://127.0.0.1:${near.localPort}`;
}

async function readRequest(incoming: IncomingMessage): Promise<VendorRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  const body = Buffer.concat(chunks).toString("utf8");
  return { method: incoming.method ?? "", path: incoming.url ?? "", headers, body };
}

function isDoneNow(fault: ServedFault | null): boolean {
  if (fault?.kind === "cut-off") return true;
  return fault?.kind === "instead" ? fault.done : commitOf(fault) === "now";
}

function troubled(status: number, retryAfterSeconds: number | null): VendorAnswer {
  const headers = retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) };
  return { status, headers: { "content-type": "text/plain", ...headers }, body: "" };
}
