import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { createAdaptorServer, type Http2Bindings, type HttpBindings, type ServerType } from "@hono/node-server";
import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { ReadDoorTls } from "../ports/door-tls.ts";

export type Fetch = (request: Request, bindings: HttpBindings | Http2Bindings) => Response | Promise<Response>;

/** What one door bears of those who are slow, or many. */
export interface DoorBounds {
  readonly connections: number;
  /** Of one address: whoever takes all that he gets leaves some to others. */
  readonly connectionsFromOne: number;
  readonly handshakeMs: number;
  readonly headersMs: number;
  /** For a whole request. Routes give most bodies less (`body.ts`). */
  readonly requestMs: number;
  /** Nobody asks anything more: longer than proxies keep a connection to us, or one would be closed under a request. */
  readonly keepMs: number;
  /** Nothing was read or written for so long. */
  readonly idleMs: number;
  /** How often it is looked who is over his time. */
  readonly lookMs: number;
}

export const TCP_BOUNDS: DoorBounds = {
  connections: 256,
  connectionsFromOne: 128,
  handshakeMs: 10 * SECOND_MS,
  headersMs: 5 * SECOND_MS,
  requestMs: 5 * MINUTE_MS,
  keepMs: 75 * SECOND_MS,
  idleMs: 2 * MINUTE_MS,
  lookMs: SECOND_MS,
};

/** All who come are one user on one machine. */
export const SOCKET_BOUNDS: DoorBounds = {
  ...TCP_BOUNDS,
  connections: 128,
  connectionsFromOne: 128,
  requestMs: 10 * SECOND_MS,
  keepMs: 5 * SECOND_MS,
};

const PLAINLY = { overrideGlobalObjects: false } as const;

export function plainServer(fetch: Fetch, bounds: DoorBounds): Server {
  const serverOptions = { connectionsCheckingInterval: bounds.lookMs };
  return bounded(createAdaptorServer({ fetch, ...PLAINLY, createServer: createHttpServer, serverOptions }), bounds);
}

export function tlsServer(fetch: Fetch, bounds: DoorBounds, { context, clientCa }: ReadDoorTls): Server {
  const serverOptions = {
    ...context,
    connectionsCheckingInterval: bounds.lookMs,
    handshakeTimeout: bounds.handshakeMs,
    ALPNProtocols: ["http/1.1"],
    // Who shows none may have a token; one that is not right is refused with the reason, which a handshake can't say.
    requestCert: clientCa !== null,
    rejectUnauthorized: false,
  };
  return bounded(createAdaptorServer({ fetch, ...PLAINLY, createServer: createHttpsServer, serverOptions }), bounds);
}

function bounded(made: ServerType, bounds: DoorBounds): Server {
  const server = made as Server;
  server.headersTimeout = bounds.headersMs;
  server.requestTimeout = bounds.requestMs;
  server.keepAliveTimeout = bounds.keepMs;
  server.timeout = bounds.idleMs;
  server.maxConnections = bounds.connections;
  // Once it stops, a connection that is kept alive would be idle again after its answer, and nobody would close it.
  server.on("request", (request, response) => {
    response.once("close", () => {
      if (!server.listening) request.socket.destroySoon();
    });
  });
  return server;
}

/** Those that are open, with no more of one address than may be. */
export function boundConnections(server: Server, { connectionsFromOne }: DoorBounds): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  const fromOne = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (fromOne.get(address) ?? 0) + 1;
    if (count > connectionsFromOne) {
      socket.destroy();
      return;
    }
    open.add(socket);
    fromOne.set(address, count);
    socket.once("close", () => {
      open.delete(socket);
      const left = (fromOne.get(address) ?? 1) - 1;
      if (left === 0) fromOne.delete(address);
      else fromOne.set(address, left);
    });
  });
  return open;
}
