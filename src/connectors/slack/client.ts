import { judgeCall, later, unknown, type Later, type Outcome } from "../../core/outcome.ts";
import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { sayFailure, sayStatus } from "../call.ts";
import type { Io } from "../connector.ts";
import type { Access } from "./access.ts";
import { isLimitWord, meaningOf } from "./error-words.ts";
import { memberOf, textIn } from "./members.ts";
import { knownScopes } from "./scopes.ts";

/** A page of a channel's messages with all their blocks; one of ours has some 30 kB. */
const READ_BYTES = 8 * 1_024 * 1_024;
/** Less than this is no time for a call to be answered in. */
const LEAST_CALL_MS = 100;

export type SlackCall =
  | { readonly method: string; readonly json: string }
  | { readonly method: string; readonly query: Readonly<Record<string, string>> };

export interface SlackAnswer {
  readonly kind: "answered";
  readonly http: HttpAnswer;
  /** Undefined: not JSON of Slack's. */
  readonly json: unknown;
  /** Slack's word for what went wrong; null: nothing did, or it said none that may be repeated. */
  readonly word: string | null;
  readonly ok: boolean;
}

export type Called = SlackAnswer | HttpFailure;

/** One call, in what is left of the step's time. Null: nothing is left, and nothing was sent. */
export async function callSlack(io: Io, access: Access, call: SlackCall): Promise<Called | null> {
  const deadlineMs = leftMs(io);
  if (deadlineMs < LEAST_CALL_MS) return null;
  const asked = "query" in call ? new URLSearchParams(call.query).toString() : "";
  const query = asked === "" ? "" : `?${asked}`;
  const answer = await io.http.request({
    method: "query" in call ? "GET" : "POST",
    url: `${access.base}/${call.method}${query}`,
    headers: {
      "user-agent": "Riposte",
      authorization: `Bearer ${access.token}`,
      ...("json" in call && { "content-type": "application/json; charset=utf-8" }),
    },
    body: "json" in call ? call.json : null,
    deadlineMs,
    maxAnswerBytes: READ_BYTES,
  });
  return answer.kind === "failed" ? answer : readAnswer(answer, access);
}

/** The calls of a step share the step's time. */
export function leftMs({ now, deadlineMs, clock }: Io): number {
  return clock === undefined ? deadlineMs : Math.min(deadlineMs, deadlineMs - (clock.now() - now));
}

function readAnswer(http: HttpAnswer, { token }: Access): SlackAnswer {
  const json = parsed(http.body);
  const ok = memberOf(json, "ok");
  if (typeof ok !== "boolean") return { kind: "answered", http, json: undefined, word: null, ok: false };
  const error = textIn(json, "error") ?? "";
  // Whatever stands between us and Slack could hold the token back at us.
  const isWord =
    /^[a-z]+(?:_[a-z]+)+$|^[a-z]{8,}$/.test(error) && error.length <= 60 && !token.toLowerCase().includes(error);
  return { kind: "answered", http, json, word: ok || !isWord ? null : error, ok };
}

/** A limit is kept for each method; posting has its own for each channel. */
export type LimitScope = Later["scope"];

/** What came of a call that changes something; null: it went well, and its answer says what was made. */
export function judgeWrite(
  called: Called | null,
  what: string,
  limit: LimitScope,
  channel: LimitScope,
): Outcome | null {
  if (called === null) return tooSlow(what);
  if (called.kind === "failed") return judgeCall(called, `Slack, ${what}: ${sayFailure(called)}`);
  const { http, word, json, ok } = called;
  const { status, retryAfterMs } = http;
  const evidence = `Slack, ${what}: ${sayAnswer(called)}`;
  if (status === 429 || isLimitWord(word)) return later("rate_limited", limit, retryAfterMs, evidence);
  if (status < 200 || status >= 300)
    return judgeCall({ kind: "answered", status, retryAfterMs, readable: true }, evidence);
  if (json === undefined) return unknown("unreadable_answer", null, evidence);
  if (ok) return null;
  switch (meaningOf(word ?? "").means) {
    case "access":
      return later("unauthorized", "destination", retryAfterMs, evidence);
    case "channel":
      return later("destination_gone", channel, retryAfterMs, evidence);
    case "refused":
      return { kind: "never", reason: word?.endsWith("_too_long") === true ? "too_large" : "bad_request", evidence };
    case "unsure":
      return unknown("server_error", retryAfterMs, evidence);
    case "gone":
    case "uneditable":
    case "again":
      return later("bad_request", "work", retryAfterMs, evidence);
  }
}

/** Whether what was to be changed, or answered to, is not there any more. */
export function isGone(called: Called | null): boolean {
  return called?.kind === "answered" && called.word !== null && meaningOf(called.word).means === "gone";
}

/** It is there, and nobody can change it. */
export function isUneditable(called: Called | null): boolean {
  return called?.kind === "answered" && called.word !== null && meaningOf(called.word).means === "uneditable";
}

export type Read<Value> =
  | { readonly kind: "read"; readonly value: Value; readonly http: HttpAnswer }
  | (Later & { readonly word: string | null });

/** Something that is only asked for: whatever goes wrong, nothing has changed over there. */
export async function readSlack<Value>(
  io: Io,
  access: Access,
  what: string,
  call: { readonly method: string; readonly query: Readonly<Record<string, string>> },
  valueIn: (json: unknown) => Value | null,
): Promise<Read<Value>> {
  const called = await callSlack(io, access, call);
  const asked = `asked for ${what}`;
  const outcome = judgeWrite(called, asked, "action", "action");
  const word = called?.kind === "answered" ? called.word : null;
  if (called?.kind === "answered" && outcome === null) {
    const value = valueIn(called.json);
    if (value !== null) return { kind: "read", value, http: called.http };
    return {
      ...later("unreadable_answer", "destination", null, `Slack, ${asked}, answered with something else`),
      word,
    };
  }
  if (outcome === null || outcome.kind === "done") throw new Error("a read can't come to this");
  const retryAfterMs = outcome.kind === "never" ? null : outcome.retryAfterMs;
  // A scope that only looks need keeps nothing else from being done.
  const scope = outcome.kind === "later" && word !== "missing_scope" ? outcome.scope : "destination";
  const held = word === "missing_scope" || outcome.kind === "never" ? "action" : scope;
  return { ...later(outcome.reason, held, retryAfterMs, outcome.evidence), word };
}

function tooSlow(what: string): Later {
  return later(
    "timeout",
    "destination",
    null,
    `Slack, ${what}: not begun, what had to be read first took all the time`,
  );
}

export function sayAnswer({ http, word, json, ok }: SlackAnswer): string {
  const { status } = http;
  const scopes = knownScopes(textIn(json, "needed") ?? "");
  const what = `answered ${status}${ok ? " ok" : word === null ? "" : ` ${word}`}${scopes === "" ? "" : ` (${scopes})`}`;
  if (status >= 200 && status < 300 && json === undefined)
    return `${what}, but not with Slack's JSON: something between may have answered`;
  const advice = (word === null ? null : meaningOf(word).advice) ?? sayStatus(status);
  return advice === null ? what : `${what}: ${advice}`;
}

function parsed(body: string | null): unknown {
  try {
    return JSON.parse(body ?? "") as unknown;
  } catch {
    return undefined;
  }
}
