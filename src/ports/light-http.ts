import { isUtf8 } from "node:buffer";
import type * as NodeHttp from "node:http";
import type * as NodeHttps from "node:https";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { SecureContext } from "node:tls";
import { MINUTE_MS } from "../core/time.ts";
import { codeOf, reasonOf, sayCode } from "./call-failure.ts";
import type { Clock } from "./clock.ts";
import type { HttpAnswer, HttpFailure, HttpRequest } from "./http.ts";
import type { LightTls } from "./light-tls.ts";
import { readRetryAfter } from "./retry-after.ts";

/** A call whose body is bytes, and which may be made twice without harm. */
export interface LightRequest extends Omit<HttpRequest, "body"> {
  readonly body: Uint8Array | null;
}

/** The way to one server over one kept connection. Never throws. */
export interface LightHttp {
  request(request: LightRequest): Promise<HttpAnswer | HttpFailure>;
  /** Ends what is under way as if the connection had broken, and everything that is asked for later. */
  close(): void;
}

export interface LightHttpOptions {
  readonly clock: Clock;
  /** Only asked for `https:`. */
  readonly tls: LightTls;
}

/**
 * Node's own client in place of undici, which takes 27 MB more: where the forwarder runs, the memory is the manager's.
 * No proxies, and one call at a time.
 */
export function openLightHttp({ clock, tls }: LightHttpOptions): LightHttp {
  let way: Way | null = null;
  let isClosed = false;
  const calls = new Set<() => void>();

  function wayTo(url: URL): Way | HttpFailure {
    if (url.protocol === "http:") return (way ??= plainWay());
    const found = tls.context();
    if (found.kind === "unusable") return failure(false, "tls_failed", found.says);
    if (way?.context === found.context) return way;
    way?.close();
    way = tlsWay(found.context);
    return way;
  }

  async function request(asked: LightRequest): Promise<HttpAnswer | HttpFailure> {
    if (isClosed) return failure(false, "connection_reset", null);
    const url = new URL(asked.url);
    const to = wayTo(url);
    if ("kind" in to) return to;
    const first = await once(to, url, asked);
    // A kept connection that the other side had ended already: nothing is known against the server.
    if (first.kind === "failed" && first.wasKept === true && !isClosed) return once(to, url, asked);
    return first;
  }

  function once(to: Way, url: URL, asked: LightRequest): Promise<HttpAnswer | KeptFailure> {
    return new Promise((resolve) => {
      const call = to.begin(url, { method: asked.method, headers: { ...asked.headers } });
      let isWritten = false;
      let isOver = false;
      const settle = (result: HttpAnswer | KeptFailure): void => {
        if (isOver) return;
        isOver = true;
        calls.delete(cut);
        cancelDeadline();
        resolve(result);
      };
      const giveUp = (result: HttpFailure): void => {
        settle(result);
        call.destroy();
      };
      const cut = (): void => giveUp(failure(isWritten, "connection_reset", null));
      calls.add(cut);
      const cancelDeadline = clock.after(asked.deadlineMs, () =>
        giveUp(failure(isWritten, isWritten ? "timeout" : "connect_timeout", null)),
      );
      call.on("socket", (socket) => {
        const event = url.protocol === "https:" ? "secureConnect" : "connect";
        if (call.reusedSocket) isWritten = true;
        else socket.once(event, () => void (isWritten = true));
        socket.setNoDelay(true).setKeepAlive(true, MINUTE_MS);
      });
      call.on("error", (error) => {
        const code = codeOf(error);
        const wasKept = call.reusedSocket && (code === "ECONNRESET" || code === "EPIPE");
        const says = sayCode(code)?.replaceAll(/http_client\.(\w+)/g, "`$1`") ?? null;
        settle({ ...failure(isWritten, reasonOf(code, isWritten && says === null), says), wasKept });
      });
      call.on("response", (response) => {
        readAnswer(response, asked.maxAnswerBytes, clock, settle, giveUp);
      });
      call.end(asked.body);
    });
  }

  return {
    request,
    close() {
      isClosed = true;
      for (const cut of calls) cut();
      way?.close();
    },
  };
}

interface KeptFailure extends HttpFailure {
  /** It came over a connection that was kept from an earlier call. */
  readonly wasKept?: boolean;
}

interface Way {
  readonly context: SecureContext | null;
  begin(url: URL, options: RequestOptions): ClientRequest;
  close(): void;
}

/** An `import` of `node:http` would also load what it keeps for WebSockets: 14 MB more. */
function plainWay(): Way {
  const { Agent, request } = process.getBuiltinModule("node:http") as typeof NodeHttp;
  const agent = new Agent(AGENT);
  return { context: null, begin: (url, options) => request(url, { ...options, agent }), close: () => agent.destroy() };
}

function tlsWay(context: SecureContext): Way {
  const { Agent, request } = process.getBuiltinModule("node:https") as typeof NodeHttps;
  const agent = new Agent({ ...AGENT, secureContext: context });
  return { context, begin: (url, options) => request(url, { ...options, agent }), close: () => agent.destroy() };
}

const AGENT = { keepAlive: true, maxSockets: 1 } as const;

function readAnswer(
  response: IncomingMessage,
  maxAnswerBytes: number,
  clock: Clock,
  settle: (answer: HttpAnswer) => void,
  giveUp: (failed: HttpFailure) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  const status = response.statusCode ?? 0;
  const retryAfterMs = readRetryAfter(headers["retry-after"], clock.now());
  const answer = (body: string | null): HttpAnswer => ({ kind: "answered", status, headers, body, retryAfterMs });
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxAnswerBytes) chunks.push(chunk);
    else giveUp(failure(true, "unreadable_answer", null));
  });
  response.on("end", () => {
    const whole = Buffer.concat(chunks);
    settle(answer(response.complete && isUtf8(whole) ? whole.toString("utf8") : null));
  });
  response.on("error", () => settle(answer(null)));
  response.on("close", () => settle(answer(null)));
}

function failure(written: boolean, reason: HttpFailure["reason"], says: string | null): HttpFailure {
  return { kind: "failed", written, reason, ...(says !== null && { says }) };
}
