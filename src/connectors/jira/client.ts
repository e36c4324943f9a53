import { judgeCall, later, type Later, type Outcome, type Reason } from "../../core/outcome.ts";
import type { HttpFailure, HttpRequest } from "../../ports/http.ts";
import { sayFailure } from "../call.ts";
import type { Io } from "../connector.ts";
import type { Access } from "./access.ts";
import { isLimit, isNobody, isToLogin, readAnswer, sayAnswer, type JiraAnswered } from "./answer.ts";
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
  return answer.kind === "failed" ? answer : readAnswer(answer);
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

export function notWhatWasAsked(what: string): Later {
  return later("unreadable_answer", "destination", null, `Jira, asked for ${what}, answered with something else`);
}

function tooSlow(what: string): Later {
  return later("timeout", "destination", null, `Jira, ${what}: not begun, what had to be read first took all the time`);
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
