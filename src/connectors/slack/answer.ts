import { judgeCall, type Outcome } from "../../core/outcome.ts";
import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { sayFailure, sayStatus } from "../call.ts";

/** What came of a post. A webhook is not safe to post to twice: each post is a message of its own. */
export function slackOutcome(answer: HttpAnswer | HttpFailure): Outcome {
  if (answer.kind === "failed") return judgeCall(answer, `Slack: ${sayFailure(answer)}`);
  const { status, retryAfterMs } = answer;
  const word = wordOf(answer);
  // Anything else with a 200 is not Slack's: a proxy's page, or half an answer.
  return judgeCall({ kind: "answered", status, retryAfterMs, readable: word === "ok" }, say(status, word));
}

/** Slack answers in one word. Only known ones are ever repeated: any other text could hold the address back at us. */
export function wordOf({ body }: HttpAnswer): string | null {
  const word = body?.trim() ?? "";
  return ADVICE.has(word) ? word : null;
}

function say(status: number, word: string | null): string {
  const what = `Slack answered ${status}${word === null ? "" : ` ${word}`}`;
  if (status < 300 && word !== "ok") return `${what}, but not with its ok: something between may have answered`;
  const advice = (word === null ? null : ADVICE.get(word)) ?? sayStatus(status);
  return advice === null ? what : `${what}: ${advice}`;
}

const NEW_WEBHOOK = "make a new incoming webhook and put its address into the secret";
const OUR_MISTAKE = "Slack does not take a message of this form, which is a mistake in Riposte; please report it";

/** Slack's words, and what to do about each; null where the status says enough. */
const ADVICE: ReadonlyMap<string, string | null> = new Map([
  ["ok", null],
  ["no_service", `the webhook was revoked or its app removed; ${NEW_WEBHOOK}`],
  ["no_service_id", `the webhook's address is not whole; ${NEW_WEBHOOK}`],
  ["no_active_hooks", `the webhook is switched off; ${NEW_WEBHOOK}`],
  ["no_team", `the workspace is gone; ${NEW_WEBHOOK}`],
  ["team_disabled", "the workspace is disabled; an administrator of it must say why"],
  ["invalid_token", `the webhook's address is not right; ${NEW_WEBHOOK}`],
  ["channel_not_found", `the channel is gone; ${NEW_WEBHOOK}`],
  ["channel_is_archived", "the channel is archived; unarchive it, or make a webhook for another channel"],
  [
    "action_prohibited",
    "an administrator of the workspace forbids this webhook to post; ask for leave, or use another",
  ],
  ["posting_to_general_channel_denied", "this webhook may not post there; make one for another channel"],
  ["invalid_payload", OUR_MISTAKE],
  ["invalid_blocks", OUR_MISTAKE],
  ["invalid_blocks_format", OUR_MISTAKE],
  ["invalid_attachments", `${OUR_MISTAKE}, unless \`options\` hold something that an attachment can't`],
  ["msg_blocks_too_long", OUR_MISTAKE],
  ["msg_too_long", OUR_MISTAKE],
  ["too_many_attachments", OUR_MISTAKE],
  ["no_text", OUR_MISTAKE],
  ["missing_text_or_fallback_or_attachments", OUR_MISTAKE],
  ["rate_limited", null],
  ["ratelimited", null],
  ["rollup_error", null],
]);
