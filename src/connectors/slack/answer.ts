import { judgeCall, type Outcome } from "../../core/outcome.ts";
import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { sayFailure, sayStatus } from "../call.ts";

/** What came of a post. A webhook is not safe to post to twice: each post is a message of its own. */
export function slackOutcome(answer: HttpAnswer | HttpFailure, url: string): Outcome {
  if (answer.kind === "failed") return judgeCall(answer, false, `Slack: ${sayFailure(answer)}`);
  const { status, retryAfterMs } = answer;
  const word = wordOf(answer, url);
  // Anything else with a 200 is not Slack's: a proxy's page, or half an answer.
  return judgeCall({ kind: "answered", status, retryAfterMs, readable: word === "ok" }, false, say(status, word));
}

/** Slack answers in one word, such as `no_service`; nothing else of the answer is ever repeated. */
export function wordOf({ body }: HttpAnswer, url: string): string | null {
  const word = /^[a-z]+(?:_[a-z]+)*$/.exec(body?.trim() ?? "")?.[0] ?? null;
  return word === null || word.length > 50 || url.includes(word) ? null : word;
}

function say(status: number, word: string | null): string {
  const what = `Slack answered ${status}${word === null ? "" : ` ${word}`}`;
  if (status === 200 && word !== "ok") return `${what}, but not with its ok: something between may have answered`;
  const advice = (word === null ? undefined : ADVICE[word]) ?? sayStatus(status);
  return advice === null ? what : `${what}: ${advice}`;
}

const NEW_WEBHOOK = "make a new incoming webhook and put its address into the secret";
const ADVICE: Readonly<Record<string, string>> = {
  no_service: `the webhook was revoked or its app removed; ${NEW_WEBHOOK}`,
  no_active_hooks: `the webhook is switched off; ${NEW_WEBHOOK}`,
  no_team: `the workspace is gone; ${NEW_WEBHOOK}`,
  team_disabled: "the workspace is disabled; an administrator of it must say why",
  invalid_token: `the webhook's address is not right; ${NEW_WEBHOOK}`,
  channel_not_found: `the channel is gone; ${NEW_WEBHOOK}`,
  channel_is_archived: "the channel is archived; unarchive it, or make a webhook for another channel",
  action_prohibited: "an administrator of the workspace forbids this webhook to post; ask for leave, or use another",
  posting_to_general_channel_denied: "this webhook may not post to the general channel; make one for another channel",
};
