import type { CallResult } from "../core/outcome.ts";

/** One HTTP call with everything that bounds it. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** From the first attempt to connect until the last byte of the answer. */
  readonly deadlineMs: number;
  /** A larger answer counts as unreadable. */
  readonly maxAnswerBytes: number;
}

export interface HttpAnswer {
  readonly kind: "answered";
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null where it was cut off, too large or not UTF-8. */
  readonly body: string | null;
  /** From `Retry-After`, in seconds or as a date. */
  readonly retryAfterMs: number | null;
}

export type HttpFailure = Extract<CallResult, { kind: "failed" }>;

/**
 * The only way out. Never throws: a call that got no answer is a value that says whether a first byte was written.
 * Redirects are not followed, since they would carry a secret elsewhere.
 */
export interface Http {
  request(request: HttpRequest): Promise<HttpAnswer | HttpFailure>;
}
