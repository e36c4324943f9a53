import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** The server's end of one connection. */
export interface ServerSocket {
  send(text: string): void;
  /** Says goodbye as the protocol has it. */
  close(): void;
  /** Says nothing any more. */
  cut(): void;
}

export interface SocketHandlers {
  readonly opened: (socket: ServerSocket, path: string) => void;
  readonly heard: (socket: ServerSocket, text: string) => void;
  readonly ended: (socket: ServerSocket) => void;
}

export interface ServedSockets {
  /** `ws://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/** As much of RFC 6455 as a vendor's end needs: text, ping and close, in frames that come whole. */
export async function serveSockets({ opened, heard, ended }: SocketHandlers): Promise<ServedSockets> {
  const open = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(426).end());
  server.on("upgrade", ({ headers, url = "" }: IncomingMessage, socket: Socket) => {
    open.add(socket);
    const accept = createHash("sha1").update(`${headers["sec-websocket-key"]}${GUID}`).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const end: ServerSocket = {
      send: (text) => void socket.write(frame(TEXT, Buffer.from(text))),
      close: () => void socket.write(frame(CLOSE, Buffer.from([0x03, 0xe8]))),
      cut: () => socket.destroy(),
    };
    let rest = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (let next = readFrame(rest); next !== null; next = readFrame(rest)) {
        rest = rest.subarray(next.length);
        if (next.opcode === TEXT) heard(end, next.payload.toString("utf8"));
        else if (next.opcode === PING) socket.write(frame(PONG, next.payload));
        else if (next.opcode === CLOSE) socket.end(frame(CLOSE, next.payload));
      }
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      open.delete(socket);
      ended(end);
    });
    opened(end, url);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10];

function frame(opcode: number, payload: Buffer): Buffer {
  const size = payload.length;
  if (size < 126) return Buffer.concat([Buffer.from([0x80 | opcode, size]), payload]);
  const head = Buffer.alloc(size < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = size < 65_536 ? 126 : 127;
  if (size < 65_536) head.writeUInt16BE(size, 2);
  else head.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([head, payload]);
}

/** The first frame, unmasked, and how many bytes it took; null: it is not whole yet. */
function readFrame(
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly length: number } | null {
  if (bytes.length < 2) return null;
  const short = (bytes[1] ?? 0) & 0x7f;
  const from = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < from + 4) return null;
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const length = from + 4 + size;
  if (bytes.length < length) return null;
  const mask = bytes.subarray(from, from + 4);
  const payload = Buffer.from(bytes.subarray(from + 4, length).map((byte, i) => byte ^ (mask[i % 4] ?? 0)));
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload, length };
}
