import type { Reason } from "../core/outcome.ts";
import type { HttpAnswer, HttpFailure } from "../ports/http.ts";

/** What the server's answer to a batch means for it. */
export type Verdict =
  | {
      readonly kind: "taken";
      readonly kept: number;
      /** Lines that the server could not read, which it has put in its quarantine. */
      readonly refused: readonly Refused[];
      /** Of the filter in force over there. */
      readonly filter: string | null;
    }
  /** It is the batch: the server will never take it as it is. `isOfRiposte`: it was Riposte itself that said so. */
  | { readonly kind: "bad"; readonly says: string; readonly isOfRiposte: boolean }
  /** The server can't read what was packed this way. */
  | { readonly kind: "unpacked_only" }
  | Waits;

/** Nothing is known against the batch: it is sent again, later. */
export interface Waits {
  readonly kind: "waits";
  readonly says: string;
  /** `unauthorised` and `wrong_place` need a person; all else passes by itself. */
  readonly why: "unauthorised" | "wrong_place" | "trouble";
  readonly retryAfterMs: number | null;
  /** The request may have been too much for something on the way, since its end was never heard of. */
  readonly mayBeTooLarge: boolean;
}

export interface Refused {
  readonly line: number;
  readonly why: string;
}

export function verdictOf(answer: HttpAnswer | HttpFailure): Verdict {
  if (answer.kind === "failed") return waits("trouble", saysOfFailure(answer), null, answer.written);
  switch (answer.status) {
    case 200:
      return taken(answer);
    case 400:
    case 413:
    case 422: {
      const said = detailOf(answer.body);
      return { kind: "bad", says: `${answer.status}${said.says}`, isOfRiposte: said.isOfRiposte };
    }
    case 415:
      return { kind: "unpacked_only" };
    default:
      return otherwise(answer);
  }
}

/** What an answer without any use means: nothing was done, and it is asked again. */
export function otherwise({ status, body, retryAfterMs }: HttpAnswer): Waits {
  const { says } = detailOf(body);
  if (status === 401) return waits("unauthorised", `the server does not know this token (401)${says}`, retryAfterMs);
  if (status === 403) return waits("unauthorised", `this token may not send (403)${says}`, retryAfterMs);
  if (status === 429) return waits("trouble", `the server asks to wait (429)${says}`, retryAfterMs);
  if (status === 408 || status === 425 || status >= 500)
    return waits("trouble", `the server is in trouble (${status})${says}`, retryAfterMs);
  if (status >= 200 && status < 300)
    return waits("wrong_place", `the answer (${status}) is not one of Riposte's: is the address right?`, null);
  return waits("wrong_place", `the server answers ${status}: is the address right?${says}`, retryAfterMs);
}

function waits(why: Waits["why"], says: string, retryAfterMs: number | null, mayBeTooLarge = false): Waits {
  return { kind: "waits", why, says, retryAfterMs, mayBeTooLarge };
}

export const CUT_OFF: Waits = waits("trouble", "the server's answer was cut off", null);

function taken(answer: HttpAnswer): Verdict {
  // Cut off: what the server did nobody knows, and sending it again does no harm.
  if (answer.body === null) return CUT_OFF;
  const body = recordOf(answer.body);
  if (body === null || typeof body["read"] !== "number" || typeof body["kept"] !== "number") return otherwise(answer);
  const { kept, filter } = body;
  return {
    kind: "taken",
    kept,
    refused: refusedOf(body["refused"]),
    filter: typeof filter === "string" ? filter : null,
  };
}

function refusedOf(value: unknown): readonly Refused[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    if (typeof each !== "object" || each === null) return [];
    const { line, why } = each as Readonly<Record<string, unknown>>;
    return typeof line === "number" && typeof why === "string" ? [{ line, why: short(why) }] : [];
  });
}

/** Behind `: `, what the answer says of itself. It is text from outside. */
function detailOf(body: string | null): { readonly says: string; readonly isOfRiposte: boolean } {
  const problem = body === null ? null : recordOf(body);
  const isOfRiposte = typeof problem?.["type"] === "string" && problem["type"].startsWith("urn:riposte:");
  const detail = problem?.["detail"];
  return { says: typeof detail === "string" && detail !== "" ? `: ${short(detail)}` : "", isOfRiposte };
}

const SHOWN_CHARACTERS = 300;

function short(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function recordOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

function saysOfFailure({ reason, says }: HttpFailure): string {
  const words = WORDS[reason] ?? "the call failed";
  return says === undefined ? words : `${words}: ${says}`;
}

const WORDS: Readonly<Partial<Record<Reason, string>>> = {
  connection_refused: "nobody listens there",
  name_not_resolved: "the server's name is not known here",
  tls_failed: "no TLS connection came about",
  connect_timeout: "no connection came about in time",
  connection_reset: "the connection broke",
  timeout: "no answer came in time",
  unreadable_answer: "what came back is no answer in HTTP, or too long",
};
