import type { HttpAnswer, HttpFailure } from "../ports/http.ts";
import type { Io } from "./connector.ts";

/** Answers to a post are words; what is longer is not the vendor's. */
const MAX_ANSWER_BYTES = 64 * 1_024;

export function postJson(
  io: Io,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer | HttpFailure> {
  return io.http.request({
    method: "POST",
    url,
    headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Riposte", ...headers },
    body,
    deadlineMs: io.deadlineMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
}

/** What was seen of a call that got no answer. */
export function sayFailure({ written, reason, says }: HttpFailure): string {
  const what = `${reason.replaceAll("_", " ")}${says === undefined ? "" : `: ${says}`}`;
  return written ? `no answer after the request was sent: ${what}` : `nothing was sent: ${what}`;
}

/** What a status means wherever it comes from; null where it says nothing by itself. */
export function sayStatus(status: number): string | null {
  if (status >= 300 && status < 400) return "a redirect, which is not followed: put the final address into the config";
  if (status === 401 || status === 403) return "not allowed: look whether the secret is still the right one";
  if (status === 404 || status === 410)
    return "nothing is there any more: look whether the address is still the right one";
  if (status === 413) return "too large for the other side";
  if (status === 429) return "asked to slow down";
  if (status >= 500) return "trouble on the other side";
  return null;
}
