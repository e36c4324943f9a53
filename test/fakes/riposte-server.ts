// A Riposte that takes alerts, for the forwarder's tests: it counts each alert once by what makes it itself, and keeps
// whatever bad habits a test gives it.
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { gunzipSync, zstdDecompressSync } from "node:zlib";

export interface FakeRequest {
  /** From 1, of all that asked for the same path. */
  readonly n: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
}

/** What becomes of a request instead of what should. `done`: its alerts were stored all the same. */
export type Habit =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly done?: boolean;
    }
  | { readonly kind: "reset" | "cut_off"; readonly done: boolean }
  /** Not answered before `release` is called. */
  | { readonly kind: "hang"; readonly done: boolean };

export interface FakeServerOptions {
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

/** Problem details as Riposte gives them. */
export function riposteProblem(status: number, code: string, detail: string): Habit {
  const body = JSON.stringify({ type: `urn:riposte:${code}`, title: code, status, detail });
  return { kind: "status", status, headers: { "content-type": "application/problem+json" }, body };
}

export class FakeRiposte {
  readonly requests: FakeRequest[] = [];
  /** Each alert once, in the order in which it came first. */
  readonly kept = new Map<string, string>();
  duplicates = 0;
  ignored = 0;
  malformed = 0;
  readonly readTo: string[] = [];
  /** Null: none is needed. */
  token: string | null = null;
  filter: { readonly etag: string; readonly filter: unknown } | null = null;
  habit: (request: FakeRequest) => Habit | null = () => null;
  readonly #server;
  readonly #scheme: string;
  readonly #sockets = new Set<{ destroy(): unknown }>();
  #waiting: (() => void)[] = [];
  #hung: (() => void)[] = [];
  #port = 0;

  private constructor({ tls }: FakeServerOptions) {
    const take = (incoming: IncomingMessage, response: ServerResponse): void =>
      void this.#take(incoming, response).catch(() => response.destroy());
    this.#scheme = tls === undefined ? "http" : "https";
    this.#server =
      tls === undefined
        ? createHttpServer(take)
        : createHttpsServer({ ...tls, requestCert: tls.ca !== undefined }, take);
    this.#server.on("connection", (socket: { destroy(): unknown; on(event: "close", then: () => void): unknown }) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async open(options: FakeServerOptions = {}): Promise<FakeRiposte> {
    const server = new FakeRiposte(options);
    await server.listen();
    return server;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}`;
  }

  /** At the same port as before, once it had one. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get ids(): readonly string[] {
    return [...this.kept.values()];
  }
  posts(): readonly FakeRequest[] {
    return this.requests.filter(({ path }) => path === "/v1/alerts");
  }

  /** Resolves once it holds; asked again after each request. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    for (const answer of this.#hung.splice(0)) answer();
  }

  /** Ends every connection that nothing is asked over. */
  endIdle(): void {
    this.#server.closeIdleConnections();
  }

  async close(): Promise<void> {
    this.#hung = [];
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const path = incoming.url ?? "";
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const text = unpacked(Buffer.concat(chunks), headers["content-encoding"]).toString("utf8");
    const n = this.requests.filter((each) => each.path === path).length + 1;
    const request: FakeRequest = { n, path, headers, lines: text.split("\n").filter((line) => line !== "") };
    this.requests.push(request);
    const habit = this.habit(request) ?? this.#unauthorised(request);
    const answer = habit === null || isDone(habit) ? this.#answerTo(request) : "{}";
    const tell = (): void => {
      for (const told of this.#waiting.splice(0)) told();
    };
    response.on("close", tell);
    switch (habit?.kind) {
      case undefined:
        return this.#send(response, request, answer);
      case "status":
        response.writeHead(habit.status, habit.headers).end(habit.body ?? "");
        return;
      case "reset":
        response.socket?.destroy();
        return tell();
      case "cut_off":
        response.writeHead(200, { "content-length": String(Buffer.byteLength(answer) + 1) });
        response.write(answer, () => response.destroy());
        return;
      case "hang":
        this.#hung.push(() => this.#send(response, request, answer));
        return tell();
    }
  }

  #send(response: ServerResponse, request: FakeRequest, answer: string): void {
    const isKnown = this.filter !== null && request.headers["if-none-match"] === `"${this.filter.etag}"`;
    if (request.path === "/v1/filter" && this.filter === null) response.writeHead(404).end();
    else if (request.path === "/v1/filter" && isKnown) response.writeHead(304).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(answer);
  }

  #unauthorised({ headers }: FakeRequest): Habit | null {
    const isKnown = this.token === null || headers["authorization"] === `Bearer ${this.token}`;
    return isKnown ? null : riposteProblem(401, "unauthorised", "no such token");
  }

  #answerTo({ path, headers, lines }: FakeRequest): string {
    if (path === "/v1/filter") return JSON.stringify(this.filter);
    const count = (name: string): number => Number(headers[name] ?? 0);
    const sum = { read: lines.length, kept: 0, duplicate: 0, ignored: count("riposte-ignored"), malformed: 0 };
    const refused: { line: number; why: string }[] = [];
    for (const [at, line] of lines.entries()) {
      const alert = parsed(line);
      if (alert === null) {
        sum.malformed += 1;
        refused.push({ line: at + 1, why: "not JSON" });
      } else if (this.kept.has(alert.identity)) sum.duplicate += 1;
      else {
        sum.kept += 1;
        this.kept.set(alert.identity, alert.id);
      }
    }
    this.duplicates += sum.duplicate;
    this.ignored += sum.ignored;
    this.malformed += sum.malformed + count("riposte-malformed");
    const readTo = headers["riposte-read-to"];
    if (readTo !== undefined) this.readTo.push(readTo);
    return JSON.stringify({ ...sum, refused, ...(this.filter !== null && { filter: this.filter.etag }) });
  }
}

function isDone(habit: Habit): boolean {
  return habit.kind === "status" ? habit.done === true : habit.done;
}

function unpacked(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === "gzip") return gunzipSync(bytes);
  return encoding === "zstd" ? zstdDecompressSync(bytes) : bytes;
}

function parsed(line: string): { readonly id: string; readonly identity: string } | null {
  try {
    const { id, timestamp } = JSON.parse(line) as { readonly id: string; readonly timestamp: string };
    return { id, identity: `${id} ${timestamp}` };
  } catch {
    return null;
  }
}
