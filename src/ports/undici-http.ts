import { isUtf8 } from "node:buffer";
import { Agent, type Dispatcher } from "undici";
import type { Reason } from "../core/outcome.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "./clock.ts";
import type { Http, HttpAnswer, HttpFailure, HttpRequest } from "./http.ts";
import { readRetryAfter } from "./retry-after.ts";

export interface UndiciHttpOptions {
  /** To one scheme, host and port; a call beyond it waits, and its deadline runs meanwhile. */
  readonly connectionsPerOrigin: number;
  readonly clock: Clock;
  /** For DNS, TCP and TLS together. */
  readonly connectTimeoutMs?: number;
}

export interface UndiciHttp extends Http {
  /** Begins no new call, waits at most this long for those in flight, then cuts them. */
  close(withinMs: number): Promise<void>;
}

/**
 * The real way out, one pool of kept connections for each origin. It speaks to undici through `dispatch`, the layer
 * under `undici.request`: only there is it said when the first byte goes out, on which the meaning of every failure
 * hangs. It also makes no stream for each answer.
 */
export function openUndiciHttp({ connectionsPerOrigin, clock, connectTimeoutMs }: UndiciHttpOptions): UndiciHttp {
  const agent = new Agent({
    connections: connectionsPerOrigin,
    pipelining: 1,
    // One connection would carry many calls, and its end would leave all of them unknown.
    allowH2: false,
    connect: { timeout: connectTimeoutMs ?? 10 * SECOND_MS },
    // Every call has its own deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const calls = new Set<Call>();
  let closing = false;
  let tellEmpty = (): void => {};

  return {
    request(request) {
      const url = URL.parse(request.url);
      if (url === null || !/^https?:$/.test(url.protocol)) return Promise.resolve(unwritten("bad_request"));
      if (closing) return Promise.resolve(unwritten("connection_refused"));
      const { method, headers, body } = request;
      return new Promise((resolve) => {
        const call = new Call(request, clock, (result) => {
          calls.delete(call);
          if (closing && calls.size === 0) tellEmpty();
          resolve(result);
        });
        calls.add(call);
        agent.dispatch({ origin: url.origin, path: url.pathname + url.search, method, headers, body }, call);
      });
    },

    async close(withinMs) {
      closing = true;
      if (calls.size > 0) {
        await new Promise<void>((resolve) => {
          const cancel = clock.after(withinMs, resolve);
          tellEmpty = () => {
            cancel();
            resolve();
          };
        });
      }
      for (const call of calls) call.cut();
      await agent.destroy();
    },
  };
}

/** One call, from the wait for a connection to its end, which comes exactly once. */
class Call implements Dispatcher.DispatchHandler {
  readonly #maxAnswerBytes: number;
  readonly #clock: Clock;
  readonly #end: (result: HttpAnswer | HttpFailure) => void;
  readonly #cancelDeadline: () => void;
  #ended = false;
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(request: HttpRequest, clock: Clock, end: (result: HttpAnswer | HttpFailure) => void) {
    this.#maxAnswerBytes = request.maxAnswerBytes;
    this.#clock = clock;
    this.#end = end;
    this.#cancelDeadline = clock.after(request.deadlineMs, () => {
      this.#giveUp(this.#controller === null ? "connect_timeout" : "timeout");
    });
  }

  cut(): void {
    this.#giveUp("connection_reset");
  }

  /** The connection is there, and the request is written to it as soon as this returns. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) controller.abort(new Error("given up while waiting for a connection"));
    else this.#controller = controller;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      this.#headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : (value ?? "");
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxAnswerBytes) this.#giveUp("unreadable_answer");
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [only] = this.#chunks;
    const bytes = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    this.#settle(this.#answer(isUtf8(bytes) ? bytes.toString("utf8") : null));
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(reasonOf(codeOf(error), this.#controller !== null));
  }

  #giveUp(reason: Reason): void {
    const controller = this.#controller;
    this.#fail(reason);
    controller?.abort(new Error("given up"));
  }

  /** Once there is a status it counts, however the rest of the answer ends. */
  #fail(reason: Reason): void {
    if (this.#status > 0) this.#settle(this.#answer(null));
    else this.#settle({ kind: "failed", written: this.#controller !== null, reason });
  }

  #answer(body: string | null): HttpAnswer {
    const retryAfterMs = readRetryAfter(this.#headers["retry-after"], this.#clock.now());
    return { kind: "answered", status: this.#status, headers: this.#headers, body, retryAfterMs };
  }

  #settle(result: HttpAnswer | HttpFailure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelDeadline();
    this.#chunks = [];
    this.#end(result);
  }
}

/** The error's own message is looked at by nobody: it may hold the address, and an address may be a secret. */
function codeOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}

/** What an error of Node's or undici's means, before and after the first byte was written. */
export function reasonOf(code: string, written: boolean): Reason {
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return written ? "timeout" : "connect_timeout";
  if (/^HPE_|^HTTPParserError$|^UND_ERR_HEADERS_OVERFLOW$/.test(code)) return "unreadable_answer";
  if (written) return "connection_reset";
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return "name_not_resolved";
  if (code === "UND_ERR_INVALID_ARG") return "bad_request";
  if (code === "EPROTO" || /^ERR_(TLS|SSL)_|CERT|_CA$|ISSUER|SIGNATURE|CRL|HOSTNAME_MISMATCH/.test(code))
    return "tls_failed";
  if (code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET") return "connection_reset";
  return "connection_refused";
}

function unwritten(reason: Reason): HttpFailure {
  return { kind: "failed", written: false, reason };
}
