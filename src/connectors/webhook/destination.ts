import { judgeCall, type Outcome } from "../../core/outcome.ts";
import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { addressIn, readAddress, type Address } from "../address.ts";
import { postJson, sayFailure, sayStatus } from "../call.ts";
import type { Destination, Io } from "../connector.ts";
import { untoldMoments } from "../telling.ts";
import { webhookBody } from "./body.ts";
import type { WebhookConfig } from "./config.ts";
import { keyReader, signed, unsigned } from "./signature.ts";

export function webhookDestination(config: WebhookConfig): Destination {
  const readKey = config.secret === undefined ? null : keyReader(config.secret);
  return {
    next(picture, receipt, words) {
      const untold = untoldMoments(picture, receipt);
      const last = untold.at(-1);
      if (last === undefined) return null;
      return {
        action: "post",
        safeToRepeat: false,
        plan: { momentsTold: last.n, headDigest: null },
        anchor: null,
        mark: words.mark,
        body: webhookBody(picture, untold, words),
      };
    },
    async perform(step, io) {
      const address = await addressOf(config, io);
      if (address.kind === "later") return address;
      if (readKey === null) return outcomeOf(await postJson(io, address.url, step.body, unsigned(step.mark, io.now)));
      const secret = await readKey(io);
      if (secret.kind === "later") return secret;
      return outcomeOf(await postJson(io, address.url, step.body, signed(step.mark, io.now, step.body, secret.key)));
    },
    async probe(io) {
      const address = await addressOf(config, io);
      if (address.kind === "later") return { ok: false, says: address.evidence, reason: address.reason };
      const key = readKey === null ? null : await readKey(io);
      if (key?.kind === "later") return { ok: false, says: key.evidence, reason: key.reason };
      const says = "the address and the secret are readable; the receiver is called with incidents only";
      return { ok: true, says, onlyForm: true };
    },
  };
}

function addressOf({ url }: WebhookConfig, io: Io): Promise<Address> | Address {
  return typeof url === "string" ? addressIn(url, "url") : readAddress(url, "url", io);
}

/** Any 2xx is a receiver's yes, whatever it says besides. None of its words are repeated: they could be ours. */
function outcomeOf(answer: HttpAnswer | HttpFailure): Outcome {
  if (answer.kind === "failed") return judgeCall(answer, `the receiver: ${sayFailure(answer)}`);
  const { status, retryAfterMs } = answer;
  const advice = sayStatus(status);
  const evidence = `the receiver answered ${status}${advice === null ? "" : `: ${advice}`}`;
  return judgeCall({ kind: "answered", status, retryAfterMs, readable: true }, evidence);
}
