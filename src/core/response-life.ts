// What the stages of a response's life have in common.
import type { Context } from "./context.ts";
import { tellResponse } from "./plan-response.ts";
import { isProvable } from "./response-order.ts";
import { deadWords, unknownWords } from "./response-words.ts";
import type { Response } from "./response.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";
import { backoffMs } from "./work.ts";

/** After so long without a word from the agent that is said, and the first message waits no longer for it. */
export const SLOW_AFTER_MS = 10 * SECOND_MS;
/** Logs of an agent come late; after this nobody knows. */
export const WORD_WITHIN_MS = 10 * MINUTE_MS;
/** What is in force and can be asked about is asked about this often. */
const CHECK_EVERY_MS = HOUR_MS;
const RETRY_MOST_MS = 5 * MINUTE_MS;

export function put(view: View, response: Response, { now }: Context): void {
  view.responding.put({ ...response, at: now });
}
export function putOff(view: View, response: Response, says: string, context: Context): void {
  const tries = response.tries + 1;
  const waitMs = Math.min(RETRY_MOST_MS, backoffMs(tries, context.random));
  put(view, { ...response, tries, says, dueAt: context.now + Math.max(SECOND_MS, waitMs) }, context);
}

/** A person must take it back, and is told how. */
export function giveUp(view: View, response: Response, says: string, context: Context, woken: Set<string>): void {
  const dead: Response = { ...response, state: "dead", says, dueAt: null };
  put(view, dead, context);
  tellResponse(view, dead, deadWords(dead), context, woken);
}

/**
 * A call ended without an answer. What may have been done is never ordered again: the companion is asked whether it
 * was, and otherwise the agent's own word is all there is to wait for. An end that it may need it has.
 */
export function notHeardOf(view: View, response: Response, says: string, context: Context, woken: Set<string>): null {
  const { now } = context;
  if (response.order?.verb !== "add") {
    putOff(view, response, says, context);
    return null;
  }
  const sentAt = response.order.beganAt;
  const endsAt = endOf(response, sentAt);
  const lost: Response = { ...response, state: "unknown", says, sentAt, endsAt, tries: 0 };
  put(view, { ...lost, dueAt: isProvable(lost) ? now + SLOW_AFTER_MS : endsAt }, context);
  tellResponse(view, lost, unknownWords(lost), context, woken);
  return null;
}

export function endOf({ liftAfterMs }: Response, sentAt: Instant): Instant | null {
  return liftAfterMs === null ? null : sentAt + liftAfterMs;
}

/** When what is in force is looked at next: at its end, or to see whether it still is. */
export function nextLook(response: Response, now: Instant): Instant | null {
  const { endsAt } = response;
  if (!isProvable(response)) return endsAt;
  return Math.min(now + CHECK_EVERY_MS, endsAt ?? Infinity);
}

export function isOnItsWay({ order }: Response): boolean {
  return order !== null && order.endedAt === null;
}
