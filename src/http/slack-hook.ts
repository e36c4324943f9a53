import { SECOND_MS } from "../core/time.ts";
import { problem } from "./problem.ts";
import { route, type Route } from "./route.ts";

/** A press brings the whole message with it, percent-encoded. */
const MOST_BYTES = 512 * 1_024;
/** Slack sends all of it at once, and waits three seconds for an answer. */
const BODY_WITHIN_MS = 2 * SECOND_MS;

const slack = route({
  method: "POST",
  path: "/v1/hooks/slack",
  // Who calls is known by the signature, over every byte of the body.
  needs: null,
  summary: "Presses of buttons and /riposte, as Slack sends them, signed",
  headers: {
    "X-Slack-Request-Timestamp": "When it was signed, in seconds; more than five minutes away is refused",
    "X-Slack-Signature": "v0= and the HMAC-SHA256 of v0:TIMESTAMP:BODY with the app's signing secret",
  },
  stream: { types: ["application/x-www-form-urlencoded"], mostBytes: MOST_BYTES, withinMs: BODY_WITHIN_MS },
  answer: { contentType: "application/json" },
  refusals: ["unauthorised", "conflict"],
  async handle({ chunks, context }, { slackHook }) {
    if (slackHook === undefined) return problem(context, "unauthorised", "nothing of Slack's is taken here");
    const answer = await slackHook({
      timestamp: context.req.header("X-Slack-Request-Timestamp"),
      signature: context.req.header("X-Slack-Signature"),
      async body() {
        const read: Uint8Array[] = [];
        for await (const chunk of chunks()) read.push(chunk);
        return Buffer.concat(read);
      },
    });
    if (answer.kind === "refused") return problem(context, answer.code, answer.says);
    return answer.reply === null ? context.body(null, 200) : context.json(answer.reply);
  },
});

/** What Slack itself calls. */
export const slackRoutes: readonly Route[] = [slack];
