import { request } from "node:http";
import { encodeWho, WHO_HEADER } from "./client-name.ts";

export interface Question {
  readonly method: "GET" | "POST";
  /** Path and query, beginning with `/v1/`. */
  readonly path: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly kind: "answered";
  readonly status: number;
  /** As JSON; null where it is none. */
  readonly body: unknown;
}

export interface NoAnswer {
  /** `absent`: no server is there. `not_permitted`: one may be, but not for this user. `broken`: it did not answer. */
  readonly kind: "absent" | "not_permitted" | "broken";
  readonly why: string;
}

/** Someone who speaks /v1: a running server, or the same code in this process. */
export type Ask = (question: Question) => Promise<Answer | NoAnswer>;

/** A server that does not answer within this is not well. */
const SILENT_MS = 15_000;
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/** Asks the server behind an admin socket. */
export function askSocket(socketPath: string, who: string): Ask {
  return ({ method, path, body }) =>
    new Promise((resolve) => {
      const sent = body === undefined ? "" : JSON.stringify(body);
      const headers = {
        Host: "riposte",
        [WHO_HEADER]: encodeWho(who),
        ...(method === "POST" && { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(sent) }),
      };
      const call = request({ socketPath, method, path, headers, timeout: SILENT_MS, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MOST_ANSWER_BYTES) answer.destroy(new Error("the answer is too large"));
          else chunks.push(chunk);
        });
        answer.on("end", () => {
          resolve({ kind: "answered", status: answer.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) });
        });
        answer.on("error", (error) => resolve({ kind: "broken", why: error.message }));
      });
      call.on("timeout", () => call.destroy(new Error(`no answer within ${SILENT_MS / 1000} s`)));
      call.on("error", (error: NodeJS.ErrnoException) => resolve(noAnswer(error)));
      call.end(sent);
    });
}

/** Asks a server that lives in this process and listens nowhere. */
export function askFetch(fetch: (request: Request) => Response | Promise<Response>, who: string): Ask {
  return async ({ method, path, body }) => {
    const answer = await fetch(
      new Request(`http://riposte${path}`, {
        method,
        headers: { [WHO_HEADER]: encodeWho(who), "Content-Type": "application/json" },
        ...(method === "POST" && { body: body === undefined ? "" : JSON.stringify(body) }),
      }),
    );
    return { kind: "answered", status: answer.status, body: parsed(await answer.text()) };
  };
}

function noAnswer(error: NodeJS.ErrnoException): NoAnswer {
  switch (error.code ?? "") {
    case "ENOENT":
    case "ECONNREFUSED":
      return { kind: "absent", why: "no server is running there" };
    case "EACCES":
    case "EPERM":
      return { kind: "not_permitted", why: "this user may not open the socket" };
    default:
      return { kind: "broken", why: error.message };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
