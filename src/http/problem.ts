import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";

/** Why a request was not done; the last part of the problem's `type`, and stable. */
export type ProblemCode = "bad-request" | "not-found" | "conflict" | "too-large" | "unavailable" | "bug";

/** RFC 9457. */
export interface Problem {
  readonly type: `urn:riposte:${ProblemCode}`;
  readonly title: string;
  readonly status: number;
  /** For people: what was wrong with this request. */
  readonly detail: string;
}

const KINDS = {
  "bad-request": [400, "The request is not understood"],
  "not-found": [404, "There is no such thing"],
  conflict: [409, "It does not apply now"],
  "too-large": [413, "The request is too large"],
  unavailable: [503, "The database does not answer"],
  bug: [500, "A bug in Riposte"],
} as const satisfies Record<ProblemCode, readonly [number, string]>;

export function problem(context: Context, code: ProblemCode, detail: string): Response {
  const [status, title] = KINDS[code];
  const body: Problem = { type: `urn:riposte:${code}`, title, status, detail };
  return context.json(body, status, { "Content-Type": "application/problem+json" });
}

const MOST_BODY_BYTES = 64 * 1024;

export function cappedBody(): MiddlewareHandler {
  return bodyLimit({
    maxSize: MOST_BODY_BYTES,
    onError: (context) => problem(context, "too-large", `a body may have ${MOST_BODY_BYTES} bytes at most`),
  });
}

/** The value as the schema makes it, or one sentence with everything that is wrong with it. */
export function checked<Value>(
  schema: z.ZodType<Value>,
  value: unknown,
): { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly says: string } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const says = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");
  return { ok: false, says };
}

/** The body as JSON; undefined where it is none. An empty one is `{}`. */
export async function jsonOf(context: Context): Promise<unknown> {
  const text = await context.req.text();
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
