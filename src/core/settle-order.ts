import type { Context } from "./context.ts";
import type { Result } from "./input.ts";
import { tellResponse } from "./plan-response.ts";
import type { OrderSettledInput } from "./respond-inputs.ts";
import { endOf, notHeardOf, put, putOff, SLOW_AFTER_MS, WORD_WITHIN_MS } from "./response-life.ts";
import { failedWords } from "./response-words.ts";
import type { Response } from "./response.ts";
import { MINUTE_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";

/** Writes down what came of an order. It settles once. */
export function orderSettled(view: View, input: OrderSettledInput, context: Context): Result {
  const woken = new Set<string>();
  const response = view.responding.get(input.response);
  const { now } = context;
  const order = response?.order ?? null;
  if (response === undefined || order === null || order.n !== input.n || order.endedAt !== null) return { woken: [] };
  const ended: Response = { ...response, order: { ...order, endedAt: now } };
  const { outcome } = input;
  switch (outcome.kind) {
    case "passed_on":
      put(view, order.verb === "add" ? sent(ended) : awaiting(ended, now), context);
      break;
    case "unknown":
      notHeardOf(view, ended, outcome.says, context, woken);
      break;
    case "later":
      putOff(
        view,
        order.verb === "add" ? { ...ended, state: "allowed", countedAt: null } : ended,
        outcome.says,
        context,
      );
      break;
    case "refused":
      if (order.verb === "add") {
        const failed: Response = {
          ...ended,
          state: "failed",
          says: outcome.says,
          endedAt: now,
          dueAt: null,
          countedAt: null,
        };
        put(view, failed, context);
        tellResponse(view, failed, failedWords(failed), context, woken);
      } else putOff(view, ended, outcome.says, context);
  }
  return { woken: [...woken] };
}

/** From when the order began: it may have been carried out at any time since. */
function sent(response: Response): Response {
  const sentAt = response.order?.beganAt ?? response.at;
  return {
    ...response,
    state: "sent",
    sentAt,
    endsAt: endOf(response, sentAt),
    tries: 0,
    dueAt: sentAt + SLOW_AFTER_MS,
  };
}

/** Asked again where the agent does not answer. */
function awaiting(response: Response, now: Instant): Response {
  const again = now + (response.state === "lifting" ? MINUTE_MS : WORD_WITHIN_MS);
  const isOver = response.state !== "lifting" && response.endsAt !== null;
  return { ...response, dueAt: isOver ? Math.min(again, response.endsAt ?? again) : again };
}
