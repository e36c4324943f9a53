import type { Guardrails } from "./guardrails.ts";
import type { QuietNow } from "./response-quiet.ts";
import { byHand, isProvable } from "./response-order.ts";
import { durationWords } from "./response-limit.ts";
import { nameOfResponse, type Response } from "./response.ts";
import type { ResponseLine } from "./response-line.ts";
import type { Instant } from "./time.ts";

/** By whom a response is told to be done. */
export const BY_RIPOSTE = "Riposte";

// What it came to stands first: a name that an attacker chose may be long.

export function advisedWords(
  response: Response,
  { hasApi, rehearses }: Pick<Guardrails, "hasApi" | "rehearses">,
  quiet: QuietNow | null,
): string {
  const { because, terms } = response;
  const why = because === null ? "" : `, since ${because}`;
  if (rehearses !== undefined)
    return `would be planned (guardrails.mode: ${rehearses[terms.do]}${quiet === null ? "" : `, and somebody asked: ${quiet.says}`}), and its agent and account asked about: ${planned(response)}${why}`;
  const unasked = hasApi ? "" : "; without wazuh.api nobody could be asked about the agent";
  return `would be done, and is not (guardrails.mode: observe)${unasked}: ${planned(response)}${why}`;
}

export function refusedWords({ says, ...response }: Response, instead: string | null): string {
  const proposed = instead === null ? "" : `. Proposed instead: ${instead}`;
  return `not done, ${says ?? "for no reason that is known"}: ${nameOfResponse(response)}${proposed}`;
}

export function heldWords(response: Response): string {
  const { id, because, expiresAt, plannedAt, says } = response;
  const why = `${because === null ? "" : `, since ${because}`}${says === null ? "" : ` (${says})`}`;
  const within = expiresAt === null ? "" : ` within ${durationWords(roundMinutes(expiresAt - plannedAt))}`;
  return `waits for approval${within} (riposte responses approve ${id}): ${planned(response)}${why}`;
}

export function approvedWords(response: Response, who: string, more: number): string {
  const missing = more === 0 ? "" : `; ${more === 1 ? "one more approval is" : `${more} more approvals are`} needed`;
  return `approved by ${who}${missing}: ${nameOfResponse(response)}`;
}

export function slowWords(response: Response): string {
  return `ordered, and the agent has not answered yet: ${planned(response)}`;
}

export function unknownWords(response: Response): string {
  return `not known whether it was done, look on the agent: ${nameOfResponse(response)}`;
}

export function failedWords({ says, ...response }: Response): string {
  return `could not be done, ${says ?? "for no reason that is known"}: ${nameOfResponse(response)}`;
}

export function receivedWords(response: Response): string {
  return `the agent got the order, whether it took effect can't be proven by Wazuh's own script: ${planned(response)}`;
}

export function verifiedWords(response: Response, says: string | null): string {
  const found = says === null ? "" : ` (${says})`;
  return `done, and seen on the agent${found}: ${planned(response)}`;
}

export function lostWords(response: Response, says: string): string {
  return `no longer in force, ${says}: ${nameOfResponse(response)}`;
}

export function liftedWords(response: Response, says: string): string {
  const isProven = isProvable(response) ? "lifted, and seen on the agent" : "the agent got the order to lift it";
  return `${isProven}${says === "" ? "" : ` (${says})`}: ${nameOfResponse(response)}`;
}

export function overdueWords(response: Response): string {
  return `not lifted yet, ${response.says ?? "the agent does not answer"}; it is tried on. By hand: ${byHand(response)}: ${nameOfResponse(response)}`;
}

export function deadWords(response: Response): string {
  return `can't be lifted, ${response.says ?? "for no reason that is known"}. By hand: ${byHand(response)}, and then riposte responses lift ${response.id} --done: ${nameOfResponse(response)}`;
}

function planned(response: Response): string {
  const { liftAfterMs, terms } = response;
  const name = nameOfResponse(response);
  if (liftAfterMs !== null) return `${name}, for ${durationWords(liftAfterMs)}`;
  return terms.do === "restart-agent" ? name : `${name}, until somebody takes it back`;
}

function roundMinutes(ms: number): number {
  return Math.max(60_000, Math.round(ms / 60_000) * 60_000);
}

/** What the companion found, in words. */
export function foundWords({
  found,
  others,
}: Pick<Extract<ResponseLine, { kind: "looked" }>, "found" | "others">): string {
  const parts = Object.entries(found).map(([what, is]) => `${what} ${is.replaceAll("_", " ")}`);
  if (others > 0) parts.push(`held by ${others} more`);
  return parts.join(", ");
}

export function isOverdue({ endsAt }: Response, now: Instant, afterMs: number): boolean {
  return endsAt !== null && now - endsAt > afterMs;
}
