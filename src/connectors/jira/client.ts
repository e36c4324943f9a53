import { judgeCall, later, type Later, type Outcome, type Reason } from "../../core/outcome.ts";
import type { HttpAnswer, HttpFailure, HttpRequest } from "../../ports/http.ts";
import { sayFailure, sayStatus } from "../call.ts";
import type { Io } from "../connector.ts";
import type { Access } from "./access.ts";
import { limitOf } from "./limits.ts";

/** An issue of the usual kind is far below; the 30 MB that some proxy may send are not read. */
const READ_BYTES = 1_024 * 1_024;
/** Less than this is no time for a call to be answered in. */
const LEAST_CALL_MS = 100;

export interface JiraCall {
  readonly method: HttpRequest["method"];
  /** From the slash on. */
  readonly path: string;
  readonly body?: unknown;
  /** Instead of a body in JSON. */
  readonly upload?: { readonly contentType: string; readonly text: string };
  readonly maxAnswerBytes?: number;
}

/** Where calls go: a site, or the gateway in front of it. */
export interface Door {
  readonly access: Access;
  /** Without a slash at the end. */
  readonly base: string;
}

export type JiraAnswer = JiraAnswered | HttpFailure;
export interface JiraAnswered extends HttpAnswer {
  /** Undefined: it was no JSON. Null may be JSON. */
  readonly json: unknown;
  /** A page, where there should have been data: a login's, a proxy's, or some other site's. */
  readonly isPage: boolean;
}

/** One call, in what is left of the step's time. Null: nothing is left, and nothing was sent. */
export async function callJira(io: Io, { access, base }: Door, call: JiraCall): Promise<JiraAnswer | null> {
  const deadlineMs = leftMs(io);
  if (deadlineMs < LEAST_CALL_MS) return null;
  const json = call.body === undefined ? null : JSON.stringify(call.body);
  const answer = await io.http.request({
    method: call.method,
    url: `${base}${call.path}`,
    headers: {
      accept: "application/json",
      "user-agent": "Riposte",
      authorization: access.authorization,
      ...(json === null ? {} : { "content-type": "application/json; charset=utf-8" }),
      // Jira takes no form without it, lest a browser be tricked into sending one.
      ...(call.upload && { "content-type": call.upload.contentType, "x-atlassian-token": "no-check" }),
    },
    body: call.upload?.text ?? json,
    deadlineMs,
    maxAnswerBytes: call.maxAnswerBytes ?? READ_BYTES,
  });
  if (answer.kind === "failed") return answer;
  return { ...answer, json: jsonIn(answer.body), isPage: isPage(answer) };
}

/** The reads of a step and its one write share the step's time. */
export function leftMs({ now, deadlineMs, clock }: Io): number {
  if (clock === undefined) return deadlineMs;
  return Math.min(deadlineMs, deadlineMs - (clock.now() - now));
}

export type Read = { readonly kind: "read"; readonly json: unknown; readonly answer: JiraAnswered } | Later | Missing;

/** Nothing is there, or nothing that this account may see. */
export interface Missing {
  readonly kind: "missing";
  readonly evidence: string;
}

/** Something that is only asked for: whatever goes wrong, nothing has changed over there. */
export async function readJira(io: Io, door: Door, what: string, call: JiraCall): Promise<Read> {
  const answer = await callJira(io, door, call);
  if (answer === null) return tooSlow(what);
  if (answer.kind === "failed") {
    return later(answer.reason, "destination", null, `Jira, asked for ${what}: ${sayFailure(answer)}`);
  }
  const { status, retryAfterMs } = answer;
  const evidence = `Jira, asked for ${what}, answered ${sayAnswer(answer, door.access)}`;
  if (isNobody(answer)) return later("unauthorized", "destination", null, evidence);
  if (status >= 200 && status < 300) {
    if (answer.json !== undefined) return { kind: "read", json: answer.json, answer };
    return later("unreadable_answer", "destination", retryAfterMs, evidence);
  }
  if (status === 404 && !answer.isPage) return { kind: "missing", evidence };
  if (isLimit(answer)) return limited(answer, evidence);
  const reason = isToLogin(answer) ? "unauthorized" : readReason(status);
  return later(reason, "destination", retryAfterMs, evidence);
}

/** What a call that changes something came to, where nothing more is known of it than its answer. */
export function judgeJira(answer: JiraAnswer | null, what: string, isReadable: boolean, { access }: Door): Outcome {
  if (answer === null) return tooSlow(what);
  if (answer.kind === "failed") return judgeCall(answer, `Jira, ${what}: ${sayFailure(answer)}`);
  const { status, retryAfterMs } = answer;
  const evidence = `Jira, ${what}: ${sayAnswer(answer, access)}`;
  if (isLimit(answer) && status === 429) return limited(answer, evidence);
  if (isToLogin(answer)) return later("unauthorized", "destination", null, evidence);
  return judgeCall({ kind: "answered", status, retryAfterMs, readable: isReadable }, evidence);
}

/** The status with what it means and what to do, and Jira's own words where it has any. */
export function sayAnswer(answer: JiraAnswered, access: Access): string {
  const { status, headers } = answer;
  if (status === 429) return `429: ${limitOf(answer).says}`;
  const words = wordsOf(answer)
    .map((text) => access.quote(text))
    .join("; ");
  const what = words === "" ? String(status) : `${status}: ${words}`;
  if (answer.isPage && (status < 300 || status === 404))
    return `${status} with a page instead of JSON: a login page, a proxy, or another site; look whether \`url\` is the address of the Jira site`;
  if (status < 300 && answer.json === undefined)
    return `${status} with what can't be read: cut off, too large, or not JSON; something between may have answered`;
  if (status === 401 || status === 403 || isNobody(answer)) return `${what}: ${sayDenied(status, headers, access)}`;
  if (isToLogin(answer)) return `${status}, a redirect to a login page: ${sayDenied(401, headers, access)}`;
  const advice = sayStatus(status);
  return advice === null || words !== "" ? what : `${what}: ${advice}`;
}

function sayDenied(status: number, headers: Readonly<Record<string, string>>, { isBasic }: Access): string {
  if (/AUTHENTICATION_DENIED/i.test(headers["x-seraph-loginreason"] ?? ""))
    return "Jira wants a CAPTCHA from this account: log in to it once in a browser, or use a personal access token";
  if (status === 403)
    return "the account of the token lacks the permission; `riposte doctor jira` says which one. If the token was made with scopes, write `gateway: true`";
  const whose = isBasic ? "an API token of the account in `email`" : "a personal access token";
  return `Jira does not take the token: it may have expired or been revoked. Make ${whose} and put it in place; a new one is read at once. If it was made with scopes, write \`gateway: true\``;
}

/**
 * With a token that it does not take, Jira may go on as if nobody had asked: nothing is to be seen, and it says so
 * with a 200 or a 404. Taken at its word, every ticket would be gone and every look in vain.
 */
function isNobody({ headers }: JiraAnswered): boolean {
  return /AUTHENTICAT(?:ED_FAILED|ION_DENIED)/i.test(headers["x-seraph-loginreason"] ?? "");
}

function isToLogin({ status, headers }: JiraAnswered): boolean {
  return status >= 300 && status < 400 && /log-?in|sign-?in|\bsso\b|saml|oauth/i.test(headers["location"] ?? "");
}

/** Jira's own words about what was wrong, the fields' first. */
export function wordsOf({ json }: JiraAnswered): readonly string[] {
  const fields = Object.entries(fieldErrorsIn(json)).map(([field, says]) => `${field}: ${says}`);
  return [...fields, ...listIn(json, "errorMessages"), ...listIn(json, "message")].slice(0, 6);
}

/** What Jira said of single fields, by their ids. */
export function fieldErrorsIn(json: unknown): Readonly<Record<string, string>> {
  const errors = memberOf(json, "errors");
  if (typeof errors !== "object" || errors === null) return {};
  return Object.fromEntries(
    Object.entries(errors)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string")
      .slice(0, 50),
  );
}

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

export function textIn(value: unknown, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : null;
}

export function arrayIn(value: unknown, name: string): readonly unknown[] {
  const member = memberOf(value, name);
  return Array.isArray(member) ? member : [];
}

/** Whether a list stands there: of what is something else altogether nobody knows that nothing is in it. */
export function hasList(value: unknown, ...names: readonly string[]): boolean {
  return names.some((name) => Array.isArray(memberOf(value, name)));
}

export function notWhatWasAsked(what: string): Later {
  return later("unreadable_answer", "destination", null, `Jira, asked for ${what}, answered with something else`);
}

function listIn(json: unknown, name: string): readonly string[] {
  const member = memberOf(json, name);
  const list: readonly unknown[] = Array.isArray(member) ? member : [member];
  return list.filter((text) => typeof text === "string" && text !== "") as readonly string[];
}

function tooSlow(what: string): Later {
  return later("timeout", "destination", null, `Jira, ${what}: not begun, what had to be read first took all the time`);
}

/** A 503 that says when to come back is a limit as well. */
function isLimit({ status, retryAfterMs }: JiraAnswered): boolean {
  return status === 429 || (status === 503 && retryAfterMs !== null);
}

function limited(answer: JiraAnswered, evidence: string): Later {
  const { scope } = limitOf(answer);
  return later(answer.status === 429 ? "rate_limited" : "server_error", scope, answer.retryAfterMs, evidence);
}

function readReason(status: number): Reason {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 408) return "timeout";
  if (status >= 500) return "server_error";
  if (status === 400 || status === 422) return "bad_request";
  return "destination_gone";
}

function jsonIn(body: string | null): unknown {
  try {
    return JSON.parse(body ?? "") as unknown;
  } catch {
    return undefined;
  }
}

function isPage({ headers, body }: HttpAnswer): boolean {
  return /^\s*(?:<!doctype|<html|<\?xml|<head|<body)/i.test(body?.slice(0, 500) ?? "") || isHtml(headers);
}

function isHtml(headers: Readonly<Record<string, string>>): boolean {
  return (headers["content-type"] ?? "").toLowerCase().startsWith("text/html");
}
