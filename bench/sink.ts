// A receiver in a process of its own: answers each call and remembers which alert arrived when. It reads HTTP by hand,
// as far as its clients need, since a server of Node's own would take a third of what is measured.
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** What the sink is asked over the channel to its parent. */
export type SinkAsk =
  | { readonly kind: "state" }
  | { readonly kind: "arrivals" }
  | { readonly kind: "forget" }
  /** Answered with when it came first, null if it has not. */
  | { readonly kind: "arrival"; readonly id: string }
  | { readonly kind: "behave"; readonly behaviour: SinkBehaviour }
  /** Answered as soon as so many different alerts have arrived. */
  | { readonly kind: "await"; readonly alerts: number };

export interface SinkBehaviour {
  /** Not a 2xx: the call counts as refused, and the alert in it not as arrived. Null: no answer until it behaves otherwise. */
  readonly status: number | null;
  readonly afterMs: number;
}

export interface SinkState {
  readonly calls: number;
  /** Different alerts among the calls. */
  readonly alerts: number;
  /** Calls in which no alert's id was found. */
  readonly strange: number;
  readonly refused: number;
  /** Made to it. */
  readonly connections: number;
  /** By the clock that all processes of the machine share (`monotonicMs`). */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** The shortest time between two calls. */
  readonly closestMs: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
/** What stands before an alert's id in the calls of this sink's client. */
const ID_KEY = Buffer.from(process.argv[2] ?? '"group":{"id":"');
/** Without one the answer to a call that is taken is a 204. */
const BODY = process.argv[3];

let arrivals = new Map<string, number>();
let calls = 0;
let strange = 0;
let refused = 0;
let connections = 0;
/** Whose calls hang. */
const unanswered: Socket[] = [];
let behaviour: SinkBehaviour = { status: BODY === undefined ? 204 : 200, afterMs: 0 };
let firstAtMs = 0;
let lastAtMs = 0;
let closestMs = Infinity;
let awaited: { readonly n: number; readonly alerts: number } | undefined;

const server = createServer({ noDelay: true }, (socket) => {
  connections += 1;
  let held: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    held = takeRequests(socket, held.length === 0 ? chunk : Buffer.concat([held, chunk]));
  });
  // A client that is stopped cuts its connections.
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => tell({ port: (server.address() as AddressInfo).port }));

process.on("disconnect", () => process.exit());
process.on("message", ({ n, ask }: { readonly n: number; readonly ask: SinkAsk }) => {
  switch (ask.kind) {
    case "state":
      tell({ n, answer: state() });
      break;
    case "arrivals":
      tell({ n, answer: [...arrivals] });
      break;
    case "arrival":
      tell({ n, answer: arrivals.get(ask.id) ?? null });
      break;
    case "forget":
      arrivals = new Map();
      calls = strange = refused = connections = firstAtMs = lastAtMs = 0;
      closestMs = Infinity;
      tell({ n, answer: state() });
      break;
    case "behave":
      ({ behaviour } = ask);
      for (const socket of unanswered.splice(0)) answerCall(socket);
      tell({ n, answer: state() });
      break;
    case "await":
      awaited = { n, alerts: ask.alerts };
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
    answerCall(socket);
    start = end;
  }
  return start === 0 ? bytes : bytes.subarray(start);
}

function answerCall(socket: Socket): void {
  const { status, afterMs } = behaviour;
  if (status === null) unanswered.push(socket);
  else if (afterMs > 0) setTimeout(() => answer(socket, status), afterMs);
  else answer(socket, status);
}

function answer(socket: Socket, status: number): void {
  if (status === 204) socket.write("HTTP/1.1 204 No Content\r\n\r\n");
  else if (BODY === undefined || status >= 300) socket.write(`HTTP/1.1 ${status} -\r\ncontent-length: 0\r\n\r\n`);
  else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`);
}

function take(body: Buffer): void {
  if (behaviour.status !== null && behaviour.status >= 300) {
    refused += 1;
    return;
  }
  const now = monotonicMs();
  if (calls === 0) firstAtMs = now;
  else closestMs = Math.min(closestMs, now - lastAtMs);
  lastAtMs = now;
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
  if (awaited === undefined || arrivals.size < awaited.alerts) return;
  tell({ n: awaited.n, answer: state() });
  awaited = undefined;
}

function state(): SinkState {
  return { calls, alerts: arrivals.size, strange, refused, connections, firstAtMs, lastAtMs, closestMs };
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function tell(message: object): void {
  process.send?.(message);
}
