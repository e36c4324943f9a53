import type { Picture } from "../../core/picture.ts";
import type { Receipt } from "../../core/receipt.ts";
import { postJson, sayFailure } from "../call.ts";
import type { Destination, Io, Probe, Step, StepWords } from "../connector.ts";
import { untoldMoments } from "../telling.ts";
import { slackOutcome, wordOf } from "./answer.ts";
import { blocksMessage } from "./blocks.ts";
import { readHook } from "./hook-address.ts";
import type { WebhookConfig } from "./kind.ts";
import { legacyMessage } from "./legacy.ts";

/** Slack's incoming webhooks: one channel each, no message ever edited or found again. */
export function webhookDestination(config: WebhookConfig): Destination {
  return {
    next: (picture, receipt, words) => nextPost(config, picture, receipt, words),
    async perform(step, io) {
      const address = await readHook(config.webhook, io);
      if (address.kind === "later") return address;
      return slackOutcome(await postJson(io, address.url, step.body));
    },
    probe: (io) => probe(config, io),
  };
}

function nextPost(config: WebhookConfig, picture: Picture, receipt: Receipt | null, words: StepWords): Step | null {
  const untold = untoldMoments(picture, receipt);
  const last = untold.at(-1);
  if (last === undefined) return null;
  const message =
    config.style === "legacy"
      ? legacyMessage(picture, untold, words.repeat, config.options ?? {})
      : blocksMessage(picture, untold, words.repeat);
  return {
    action: "post",
    safeToRepeat: false,
    plan: { momentsTold: last.n, headDigest: null },
    anchor: null,
    mark: words.mark,
    body: JSON.stringify(message),
  };
}

/** An empty message shows nothing to anybody: a webhook that works refuses it with a 400, one that does not says why. */
async function probe(config: WebhookConfig, io: Io): Promise<Probe> {
  const address = await readHook(config.webhook, io);
  if (address.kind === "later") return { ok: false, says: address.evidence, reason: address.reason };
  const answer = await postJson(io, address.url, "{}");
  if (answer.kind === "failed") return { ok: false, says: `Slack: ${sayFailure(answer)}`, reason: answer.reason };
  const word = wordOf(answer);
  if (answer.status === 400 && word !== null && EMPTY_REFUSED.has(word)) return { ok: true, says: "Slack takes posts" };
  const outcome = slackOutcome(answer);
  return { ok: false, says: outcome.evidence, ...(outcome.kind !== "done" && { reason: outcome.reason }) };
}

const EMPTY_REFUSED: ReadonlySet<string> = new Set([
  "no_text",
  "invalid_payload",
  "missing_text_or_fallback_or_attachments",
]);
