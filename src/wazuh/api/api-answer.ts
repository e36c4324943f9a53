import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { isFields } from "./agent.ts";
import { sayRefused, type ApiFailure } from "./api-failure.ts";

/** A call that came to an end, in whatever way. */
export type Called =
  | { readonly kind: "not_called"; readonly failure: ApiFailure }
  | { readonly kind: "failed"; readonly answer: HttpFailure }
  | { readonly kind: "answered"; readonly answer: HttpAnswer; readonly held: string };

export interface FailedItems {
  readonly code: number;
  readonly message: string;
  readonly ids: readonly string[];
}

/** The API answers 200 also where it did nothing: what failed stands beside what did not. */
export function listOf(data: Readonly<Record<string, unknown>>): {
  readonly items: readonly unknown[];
  readonly total: number;
  readonly failed: readonly FailedItems[];
} | null {
  const { affected_items: items, total_affected_items: total, failed_items: failures } = data;
  if (!Array.isArray(items) || typeof total !== "number") return null;
  const list: readonly unknown[] = Array.isArray(failures) ? failures : [];
  return {
    items,
    total,
    failed: list.flatMap((item): readonly FailedItems[] => {
      if (!isFields(item) || !isFields(item["error"]) || !Array.isArray(item["id"])) return [];
      const { code, message } = item["error"];
      if (typeof code !== "number") return [];
      return [{ code, message: typeof message === "string" ? message : "", ids: item["id"].map(String) }];
    }),
  };
}

export const NO_SUCH_AGENT = 1701;
export const READING_AGENTS = "GET /agents (agent:read)";

export interface Answered {
  readonly kind: "answered";
  readonly data: Readonly<Record<string, unknown>>;
}

export function denial(url: string, doing: string, message: string): ApiFailure {
  const body = JSON.stringify({ detail: message });
  const answer: HttpAnswer = { kind: "answered", status: 403, headers: {}, body, retryAfterMs: null };
  return sayRefused(url, doing, answer, []);
}
