// The times of responses that are due: what waits, what nobody answers to, what is to be taken back.
import type { Context } from "./context.ts";
import type { Result } from "./input.ts";
import { refuse, tellResponse } from "./plan-response.ts";
import type { RespondDueInput } from "./respond-inputs.ts";
import { giveUp, isOnItsWay, notHeardOf, put, WORD_WITHIN_MS } from "./response-life.ts";
import { isProvable } from "./response-order.ts";
import { isOverdue, overdueWords, slowWords, unknownWords } from "./response-words.ts";
import type { Response } from "./response.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";

/** What was right ten minutes ago may be wrong now: what could not be begun by then is not begun. */
export const BEGIN_WITHIN_MS = 10 * MINUTE_MS;

/** A line of a script that was lifted in time may still be on its way. */
const LIFT_GRACE_MS = 5 * MINUTE_MS;
/** What should have been lifted so long ago is a person's to know of. */
export const LIFT_OVERDUE_MS = 15 * MINUTE_MS;
/** An agent that was away for so long is given up on: a person must lift it when it is back. */
export const LIFT_GIVEN_UP_MS = 30 * DAY_MS;
/** A clock that was set back by less than this is as good as right. */
const CLOCK_SLACK_MS = 5 * SECOND_MS;

export const DUE_RESPONSES_A_TURN = 50;

/** Lets what is due happen, and answers with those that are to be asked about next. */
export function respondDue(view: View, input: RespondDueInput, context: Context): Result {
  const woken = new Set<string>();
  const responses: Response[] = [];
  if (input.forgetBefore !== undefined) view.responding.forgetSightings(input.forgetBefore);
  for (const found of view.responding.due()) {
    if (input.busy.includes(found.id)) continue;
    const response = byRightClock(view, found, input.now);
    if (response.dueAt === null || response.dueAt > input.now) continue;
    const next = fire(view, response, context, woken);
    if (next !== null) responses.push(next);
  }
  return { woken: [...woken], responses, isResponding: view.responding.hasLive };
}

/** What was written by a clock that has been set back since comes due as much earlier. */
function byRightClock(view: View, response: Response, now: Instant): Response {
  const ahead = response.at - now;
  if (ahead <= CLOCK_SLACK_MS) return response;
  const back = (at: Instant | null): Instant | null => (at === null ? null : at - ahead);
  const { dueAt, endsAt } = response;
  // When it expires is part of what was shown and is approved: what its digest is of stays, and its `dueAt` ends the wait.
  const right = { ...response, at: now, dueAt: back(dueAt), endsAt: back(endsAt) };
  view.responding.put(right);
  return right;
}

/** What its time brings; the response where the Wazuh API is to be asked about it. */
function fire(view: View, response: Response, context: Context, woken: Set<string>): Response | null {
  const { now } = context;
  const { state, order, endsAt } = response;
  if (order !== null && isOnItsWay(response)) {
    // Nobody makes the call any more: Riposte ended amid it.
    return notHeardOf(
      view,
      { ...response, order: { ...order, endedAt: now } },
      "Riposte ended while it was on its way",
      context,
      woken,
    );
  }
  switch (state) {
    case "planned":
    case "allowed": {
      const since = response.approvals.at(-1)?.at ?? response.plannedAt;
      if (now - since <= BEGIN_WITHIN_MS) return response;
      refuse(view, response, "too_late", response.says ?? "it could not be begun in time", context, woken);
      return null;
    }
    case "held":
      refuse(view, response, "expired", "nobody approved it in time", context, woken);
      return null;
    case "sent":
      if (!response.isLateTold) {
        put(view, { ...response, isLateTold: true, dueAt: (response.sentAt ?? now) + WORD_WITHIN_MS }, context);
        tellResponse(view, response, slowWords(response), context, woken);
        return null;
      }
      put(view, { ...response, state: "unknown", tries: 0, dueAt: isProvable(response) ? now : endsAt }, context);
      tellResponse(view, response, unknownWords(response), context, woken);
      return null;
    case "received":
    case "verified":
    case "unknown":
    case "received_unprovable":
      if (endsAt !== null && now >= endsAt) return begunToEnd(view, response, context, woken);
      return isProvable(response) ? response : null;
    case "lifting":
      return lifting(view, response, context, woken);
    case "sending":
    case "advised":
    case "refused":
    case "failed":
    case "lifted":
    case "dead":
      put(view, { ...response, dueAt: null }, context);
      return null;
  }
}

/** Its time is over: the companion is told to undo it, and of Wazuh's own scripts the line is awaited that says so. */
function begunToEnd(view: View, response: Response, context: Context, woken: Set<string>): Response | null {
  const { now } = context;
  if (isProvable(response)) {
    const begun: Response = { ...response, state: "lifting", tries: 0, isLateTold: false, says: null, dueAt: now };
    put(view, begun, context);
    return begun;
  }
  const endsAt = response.endsAt ?? now;
  if (now < endsAt + LIFT_GRACE_MS) {
    put(view, { ...response, dueAt: endsAt + LIFT_GRACE_MS }, context);
    return null;
  }
  const says =
    response.state === "unknown"
      ? "whether it was done is not known, nor whether it was lifted"
      : "no order to lift it was seen: Wazuh forgets it where the agent stops amid it";
  giveUp(view, response, says, context, woken);
  return null;
}

function lifting(view: View, response: Response, context: Context, woken: Set<string>): Response | null {
  const { now } = context;
  if (isOverdue(response, now, LIFT_GIVEN_UP_MS)) {
    giveUp(view, response, response.says ?? "the agent does not answer", context, woken);
    return null;
  }
  if (response.isLateTold || !isOverdue(response, now, LIFT_OVERDUE_MS)) return response;
  const late: Response = { ...response, isLateTold: true };
  put(view, late, context);
  tellResponse(view, late, overdueWords(late), context, woken);
  return late;
}
