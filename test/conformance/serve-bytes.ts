import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

export interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Answers every request with the same bytes, HTTP or not, and hangs up. */
export function serveBytes(bytes: Buffer): Promise<Served> {
  return serve((socket) => socket.once("data", () => socket.end(bytes)));
}

/** Takes every connection and resets it before it read anything. */
export function serveReset(): Promise<Served> {
  return serve((socket) => socket.resetAndDestroy());
}

async function serve(greet: (socket: Socket) => void): Promise<Served> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    greet(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
