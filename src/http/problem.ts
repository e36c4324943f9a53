import type { Context } from "hono";
import type { z } from "zod";

/** Why a request was not done; the last part of the problem's `type`, and stable. */
export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457. */
export interface Problem {
  readonly type: `urn:riposte:${ProblemCode}`;
  readonly title: string;
  readonly status: number;
  /** For people: what was wrong with this request. */
  readonly detail: string;
  /** The request's id, which the log has as well. */
  readonly request?: string;
}

export const PROBLEMS = {
  "bad-request": [400, "The request is not understood"],
  unauthorised: [401, "Nobody here knows who asks"],
  forbidden: [403, "The caller may not do that"],
  "not-found": [404, "There is no such thing"],
  "wrong-method": [405, "This is not done there"],
  "too-slow": [408, "The request took too long to arrive"],
  conflict: [409, "It does not apply now"],
  "too-large": [413, "The request is too large"],
  unsupported: [415, "The body is of the wrong kind"],
  "too-many": [429, "Too many requests"],
  bug: [500, "A bug in Riposte"],
  unavailable: [503, "The database does not answer"],
} as const satisfies Record<string, readonly [number, string]>;

export function problem(
  context: Context,
  code: ProblemCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const [status, title] = PROBLEMS[code];
  const request = context.get("requestId") as string | undefined;
  const body: Problem = {
    type: `urn:riposte:${code}`,
    title,
    status,
    detail,
    ...(request !== undefined && { request }),
  };
  return context.json(body, status, { "Content-Type": "application/problem+json", ...headers });
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
