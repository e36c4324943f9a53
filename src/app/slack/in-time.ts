import { isAnswerAddress } from "./answer-address.ts";
import type { SlackRequest } from "../../connectors/slack/inbound-request.ts";
import { SECOND_MS } from "../../core/time.ts";
import { personUnheard, slackAnswerLost } from "../../observe/slack-events.ts";
import type { Log } from "../../observe/log.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Http } from "../../ports/http.ts";
import type { Reply } from "./desk.ts";
import type { SlackPlace } from "./place.ts";

export interface InTimeParts {
  readonly clock: Clock;
  readonly http: Http;
  readonly log: Log;
}

/** Slack shows the person an error after three. */
const ANSWER_WITHIN_MS = 2 * SECOND_MS;
const LEAVE_WITHIN_MS = 10 * SECOND_MS;
const ANSWER_BYTES = 16 * 1_024;

/**
 * What Slack is answered within its three seconds. A slash command's answer is the reply itself; that of a press, and
 * one that comes later, is left at the address that came with it.
 */
export async function inTime(
  request: SlackRequest,
  places: readonly SlackPlace[],
  work: Promise<Reply>,
  parts: InTimeParts,
): Promise<Reply> {
  let cancel = (): void => {};
  const late = new Promise<"late">((resolve) => {
    cancel = parts.clock.after(ANSWER_WITHIN_MS, () => resolve("late"));
  });
  const first = await Promise.race([work, late]);
  cancel();
  if (first !== "late" && request.kind === "slash") return first;
  work
    .then((reply) => (reply === null ? undefined : leave(request, places, reply, parts)))
    .catch((error: unknown) => personUnheard(parts.log, error));
  return null;
}

async function leave(
  { responseUrl }: SlackRequest,
  places: readonly SlackPlace[],
  reply: object,
  { http, log }: InTimeParts,
): Promise<void> {
  if (responseUrl === null || !isAnswerAddress(responseUrl, places)) {
    slackAnswerLost(log, { why: "it came with no address of Slack's" });
    return;
  }
  const answer = await http.request({
    method: "POST",
    url: responseUrl,
    headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Riposte" },
    body: JSON.stringify(reply),
    deadlineMs: LEAVE_WITHIN_MS,
    maxAnswerBytes: ANSWER_BYTES,
  });
  if (answer.kind === "failed") slackAnswerLost(log, { why: answer.reason });
  else if (answer.status >= 300) slackAnswerLost(log, { why: `Slack answered ${answer.status}` });
}
