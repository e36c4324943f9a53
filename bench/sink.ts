// A receiver in a process of its own: answers each call with 204 and remembers which alert arrived when. It reads HTTP
// by hand, as far as the one client needs, since a server of Node's own would take a third of what is measured.
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** What the sink is asked over the channel to its parent. */
export type SinkAsk =
  | { readonly kind: "state" }
  | { readonly kind: "arrivals" }
  | { readonly kind: "forget" }
  /** Answered as soon as so many different alerts have arrived. */
  | { readonly kind: "await"; readonly alerts: number };

export interface SinkState {
  readonly calls: number;
  /** Different alerts among the calls. */
  readonly alerts: number;
  /** Calls in which no alert's id was found. */
  readonly strange: number;
  /** By the clock that all processes of the machine share (`monotonicMs`). */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const ID_KEY = Buffer.from('"group":{"id":"');
const ANSWER = "HTTP/1.1 204 No Content\r\n\r\n";

let arrivals = new Map<string, number>();
let calls = 0;
let strange = 0;
let firstAtMs = 0;
let lastAtMs = 0;
let awaited = Number.POSITIVE_INFINITY;

const server = createServer({ noDelay: true }, (socket) => {
  let held: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    held = takeRequests(socket, held.length === 0 ? chunk : Buffer.concat([held, chunk]));
  });
  // A client that is stopped cuts its connections.
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => tell({ port: (server.address() as AddressInfo).port }));

process.on("disconnect", () => process.exit());
process.on("message", (ask: SinkAsk) => {
  switch (ask.kind) {
    case "state":
      tell(state());
      break;
    case "arrivals":
      tell([...arrivals]);
      break;
    case "forget":
      arrivals = new Map();
      calls = strange = firstAtMs = lastAtMs = 0;
      tell(state());
      break;
    case "await":
      awaited = ask.alerts;
      tellAwaited();
      break;
  }
});

/** Answers the whole requests in `bytes`; what is left is the beginning of the next one. */
function takeRequests(socket: Socket, bytes: Buffer): Buffer {
  let start = 0;
  for (;;) {
    const headEnd = bytes.indexOf(HEAD_END, start);
    if (headEnd === -1) break;
    const length = /content-length: *(\d+)/i.exec(bytes.toString("latin1", start, headEnd))?.[1];
    const end = headEnd + HEAD_END.length + Number(length ?? 0);
    if (end > bytes.length) break;
    take(bytes.subarray(headEnd, end));
    socket.write(ANSWER);
    start = end;
  }
  return start === 0 ? bytes : bytes.subarray(start);
}

function take(body: Buffer): void {
  lastAtMs = monotonicMs();
  if (calls === 0) firstAtMs = lastAtMs;
  calls += 1;
  const keyAt = body.indexOf(ID_KEY);
  if (keyAt === -1) {
    strange += 1;
    return;
  }
  const idAt = keyAt + ID_KEY.length;
  const id = body.toString("latin1", idAt, body.indexOf(0x22, idAt));
  if (!arrivals.has(id)) arrivals.set(id, lastAtMs);
  tellAwaited();
}

function tellAwaited(): void {
  if (arrivals.size < awaited) return;
  awaited = Number.POSITIVE_INFINITY;
  tell(state());
}

function state(): SinkState {
  return { calls, alerts: arrivals.size, strange, firstAtMs, lastAtMs };
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function tell(message: object): void {
  process.send?.(message);
}
