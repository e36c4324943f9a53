import { isUtf8 } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import type { Dispatcher } from "undici";
import type { Reason } from "../core/outcome.ts";
import { Slots } from "../core/slots.ts";
import { SECOND_MS } from "../core/time.ts";
import { codeOf, isOwnCertificateRefused, reasonOf, sayCode } from "./call-failure.ts";
import type { Clock } from "./clock.ts";
import type { Http, HttpAnswer, HttpFailure, HttpRequest } from "./http.ts";
import { NoConnectionError } from "./no-connection.ts";
import { readRetryAfter } from "./retry-after.ts";
import type { Secrets } from "./secrets.ts";
import { Agent } from "./undici-agent.ts";
import { STRAIGHT_OUT, type WayOutSettings } from "./way-out-settings.ts";
import { openWayOut, type WayOut } from "./way-out.ts";

export interface UndiciHttpOptions {
  /** To one scheme, host and port; a call beyond it waits, and its deadline runs meanwhile. */
  readonly connectionsPerOrigin: number;
  readonly clock: Clock;
  /** For DNS, the proxy, TCP and TLS together. */
  readonly connectTimeoutMs?: number;
  /** Straight out, with the roots that this machine knows, if not said. */
  readonly wayOut?: {
    readonly settings: WayOutSettings;
    readonly secrets: Secrets;
    /** Told of a file that can't be used any more, while what was read before stays in use. */
    readonly troubled: (says: string) => void;
  };
}

export interface UndiciHttp extends Http {
  /** Calls from now on go this way, if it is another; those under way end as they began. */
  use(settings: WayOutSettings): void;
  /** Begins no new call, waits at most this long for those in flight, then cuts them. */
  close(withinMs: number): Promise<void>;
}

/**
 * The real way out, one pool of kept connections for each origin. It speaks to undici through `dispatch`, the layer
 * under `undici.request`: only there is it said when the first byte goes out, on which the meaning of every failure
 * hangs. It also makes no stream for each answer.
 */
export function openUndiciHttp(options: UndiciHttpOptions): UndiciHttp {
  const { connectionsPerOrigin, clock, connectTimeoutMs = CONNECT_TIMEOUT_MS, wayOut = straight } = options;
  const open = (settings: WayOutSettings): Way => {
    const out = openWayOut({ ...wayOut, settings, clock, timeoutMs: connectTimeoutMs });
    return { settings, out, agent: agentOn(out, connectionsPerOrigin) };
  };
  let way = open(wayOut.settings);
  const ways = new Set([way]);
  const calls = new Slots<Call>();
  let closing = false;
  let tellEmpty = (): void => {};

  return {
    request(request) {
      const url = URL.parse(request.url);
      if (url === null || !/^https?:$/.test(url.protocol)) return Promise.resolve(unwritten("bad_request"));
      if (closing) return Promise.resolve(unwritten("connection_refused"));
      const { method, headers, body } = request;
      return new Promise((resolve) => {
        const call: Call = new Call(request, clock, (result) => {
          calls.take(slot);
          if (closing && calls.size === 0) tellEmpty();
          resolve(result);
        });
        const slot = calls.put(call);
        way.agent.dispatch({ origin: url.origin, path: url.pathname + url.search, method, headers, body }, call);
      });
    },

    use(settings) {
      if (closing || isDeepStrictEqual(settings, way.settings)) return;
      const former = way;
      way = open(settings);
      ways.add(way);
      // Closes once its calls have ended, of which each has a deadline.
      former.agent.close().then(
        () => ways.delete(former),
        () => ways.delete(former),
      );
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
      for (const call of calls.all()) call.cut();
      for (const each of ways) each.out.close();
      await Promise.all([...ways].map((each) => each.agent.destroy()));
    },
  };
}

/** Less than a call's deadline, so that it is known at what a call hung that never got a connection. */
const CONNECT_TIMEOUT_MS = 9 * SECOND_MS;

const straight: NonNullable<UndiciHttpOptions["wayOut"]> = {
  settings: STRAIGHT_OUT,
  secrets: { read: () => Promise.resolve({ kind: "unreadable", why: "no secrets are to be had here" }) },
  troubled: () => {},
};

interface Way {
  readonly settings: WayOutSettings;
  readonly out: WayOut;
  readonly agent: Agent;
}

function agentOn(out: WayOut, connections: number): Agent {
  return new Agent({
    connections,
    pipelining: 1,
    // One connection would carry many calls, and its end would leave all of them unknown.
    allowH2: false,
    connect: out.connector,
    // Every call has its own deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
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
    // Also where it came to light after we had begun to write: whatever was written was let in by nobody.
    if (error instanceof NoConnectionError) return this.#settle(failure(false, error.reason, error.says));
    const code = codeOf(error);
    this.#fail(reasonOf(code, this.#controller !== null), isOwnCertificateRefused(code) ? sayCode(code) : null);
  }

  #giveUp(reason: Reason): void {
    const controller = this.#controller;
    this.#fail(reason);
    controller?.abort(new Error("given up"));
  }

  /** Once there is a status it counts, however the rest of the answer ends. */
  #fail(reason: Reason, says: string | null = null): void {
    if (this.#status > 0) this.#settle(this.#answer(null));
    else this.#settle(failure(this.#controller !== null, reason, says));
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

function failure(written: boolean, reason: Reason, says: string | null): HttpFailure {
  return { kind: "failed", written, reason, ...(says !== null && { says }) };
}

function unwritten(reason: Reason): HttpFailure {
  return failure(false, reason, null);
}
