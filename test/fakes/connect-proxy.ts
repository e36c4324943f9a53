import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface FakeProxyOptions {
  /** The only names that it knows, each with the port on this machine that stands for all of its ports. */
  readonly hosts: Readonly<Record<string, number>>;
  /** `name:password`; whoever does not bring it gets a 407. */
  readonly login?: string;
  /** What it offers to whoever has to log in. */
  readonly loginOffered?: string;
  /** Speaks TLS itself. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

export interface TunnelAsked {
  /** `hooks.slack.invalid:443`. */
  readonly target: string;
  readonly authorization: string | null;
  /** What it was answered; null: nothing. */
  readonly status: number | null;
}

/** A proxy that takes CONNECT and nothing else. */
export interface FakeProxy {
  readonly port: number;
  /** `http://127.0.0.1:3128`, without a login. */
  readonly url: string;
  readonly asked: readonly TunnelAsked[];
  /** Tunnels that stand now. */
  readonly open: number;
  /** What the next are answered instead: a status, or never anything, or a cut. */
  answer: number | "silence" | "cut" | null;
  close(): Promise<void>;
}

export async function serveProxy(options: FakeProxyOptions): Promise<FakeProxy> {
  const asked: TunnelAsked[] = [];
  const sockets = new Set<Duplex>();
  const tunnels = new Set<Socket>();
  const server: Server =
    options.tls === undefined
      ? createServer()
      : createTlsServer({ cert: options.tls.certificate, key: options.tls.key });
  const proxy = {
    port: 0,
    url: "",
    asked,
    answer: null as FakeProxy["answer"],
    get open() {
      return tunnels.size;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      for (const socket of [...sockets, ...tunnels]) socket.destroy();
      if (server.listening) await once(server, "close");
    },
  };
  server.on("connection", (socket: Socket) => track(socket));
  server.on("connect", (request, socket) => answerConnect(request, track(socket)));
  server.on("request", (_, response) => response.writeHead(405).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy.port = (server.address() as AddressInfo).port;
  proxy.url = `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${proxy.port}`;
  return proxy;

  function track<Stream extends Duplex>(socket: Stream): Stream {
    sockets.add(socket);
    return socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  }

  function answerConnect(request: IncomingMessage, socket: Duplex): void {
    const target = request.url ?? "";
    const authorization = request.headers["proxy-authorization"] ?? null;
    const port = options.hosts[target.replace(/:\d+$/, "")];
    const { login } = options;
    const isKnown = login === undefined || authorization === `Basic ${Buffer.from(login).toString("base64")}`;
    const status = proxy.answer ?? (isKnown ? (port === undefined ? 502 : 200) : 407);
    asked.push({ target, authorization, status: typeof status === "number" ? status : null });
    if (status === "silence") return;
    if (status === "cut") return void socket.destroy();
    if (status !== 200 || port === undefined) {
      const offered = status === 407 ? `Proxy-Authenticate: ${options.loginOffered ?? 'Basic realm="out"'}\r\n` : "";
      return void socket.end(`HTTP/1.1 ${status} No\r\n${offered}Content-Length: 0\r\n\r\n`);
    }
    const tunnel = connect(port, "127.0.0.1");
    tunnels.add(tunnel);
    tunnel.on("error", () => socket.destroy()).once("close", () => tunnels.delete(tunnel));
    tunnel.once("connect", () => socket.write("HTTP/1.1 200 Go\r\n\r\n"));
    socket.once("close", () => tunnel.destroy());
    tunnel.once("close", () => socket.destroy());
    tunnel.pipe(socket).pipe(tunnel);
  }
}
