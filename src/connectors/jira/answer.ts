import type { HttpAnswer } from "../../ports/http.ts";
import { sayStatus } from "../call.ts";
import type { Access } from "./access.ts";
import { limitOf } from "./limits.ts";
import { memberOf } from "./members.ts";

export interface JiraAnswered extends HttpAnswer {
  /** Undefined: it was no JSON. Null may be JSON. */
  readonly json: unknown;
  /** A page, where there should have been data: a login's, a proxy's, or some other site's. */
  readonly isPage: boolean;
}

/** The answer with what can be read in it. */
export function readAnswer(answer: HttpAnswer): JiraAnswered {
  return { ...answer, json: jsonIn(answer.body), isPage: isPage(answer) };
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
export function isNobody({ headers }: JiraAnswered): boolean {
  return /AUTHENTICAT(?:ED_FAILED|ION_DENIED)/i.test(headers["x-seraph-loginreason"] ?? "");
}

export function isToLogin({ status, headers }: JiraAnswered): boolean {
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

/** A 503 that says when to come back is a limit as well. */
export function isLimit({ status, retryAfterMs }: JiraAnswered): boolean {
  return status === 429 || (status === 503 && retryAfterMs !== null);
}

function listIn(json: unknown, name: string): readonly string[] {
  const member = memberOf(json, name);
  const list: readonly unknown[] = Array.isArray(member) ? member : [member];
  return list.filter((text) => typeof text === "string" && text !== "") as readonly string[];
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
