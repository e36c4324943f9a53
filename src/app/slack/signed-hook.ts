import { readForm } from "../../connectors/slack/inbound-request.ts";
import {
  isSignedWith,
  readSignature,
  SIGNED_WITHIN_MS,
  whyNoSigningSecret,
  type Signature,
} from "../../connectors/slack/signature.ts";
import { signingSecretTrouble } from "../../observe/slack-events.ts";
import type { SignedAnswer, SignedHook } from "../../ports/inbound.ts";
import type { Secrets } from "../../ports/secrets.ts";
import type { SlackDesk } from "./desk.ts";
import { inTime, type InTimeParts } from "./in-time.ts";
import type { SlackPlace } from "./place.ts";
import { Remembered } from "./remembered.ts";

export interface SignedHookParts extends InTimeParts {
  readonly desk: SlackDesk;
  readonly secrets: Secrets;
  /** Those of the config in force. */
  readonly places: () => readonly SlackPlace[];
}

/** More than people press in ten minutes; only what is signed gets in here. */
const MOST_SIGNED = 20_000;

/** What Slack sends over HTTP: believed once, for five minutes, and only if it is signed. */
export function signedHook(parts: SignedHookParts): SignedHook {
  const { clock, secrets, desk, log } = parts;
  const seen = new Remembered<true>(clock, MOST_SIGNED);
  const told = new Map<string, string>();

  /** Looked up with each request, and told when it is something new. */
  function tell(destination: string, trouble: string): void {
    if (told.get(destination) === trouble) return;
    told.set(destination, trouble);
    signingSecretTrouble(log, { destination, trouble });
  }

  async function signedFor(signature: Signature, body: Uint8Array): Promise<readonly SlackPlace[]> {
    const found: SlackPlace[] = [];
    for (const place of parts.places()) {
      const ref = place.config.signing_secret;
      if (ref === undefined) continue;
      const secret = await secrets.read(ref);
      const value = secret.kind === "value" ? secret.value.trim() : "";
      const trouble = secret.kind === "unreadable" ? secret.why : whyNoSigningSecret(value);
      if (trouble !== null) tell(place.name, trouble);
      else if (isSignedWith(value, signature, body)) found.push(place);
    }
    return found;
  }

  return async ({ timestamp, signature: header, body: read }) => {
    const signature = readSignature(timestamp, header);
    if (signature === null) return refuse("unauthorised", "expected X-Slack-Request-Timestamp and X-Slack-Signature");
    const body = await read();
    const places = await signedFor(signature, body);
    if (places.length === 0) return refuse("unauthorised", "it is not signed with a signing_secret of the config");

    const request = readForm(new TextDecoder().decode(body));
    const turnAway = (code: "unauthorised" | "conflict", why: string): SignedAnswer => {
      // Slack's three seconds do not wait for the audit.
      if (request !== null) desk.noteRefusal(request, places, why);
      return refuse(code, why);
    };
    if (Math.abs(clock.now() - signature.signedAt) > SIGNED_WITHIN_MS)
      return turnAway("unauthorised", "signed more than five minutes away from this machine's clock");
    const key = signature.digest.toString("base64");
    if (seen.get(key) === true) return turnAway("conflict", "the very same request was here before");
    // What would be forgotten too early could come again.
    if (seen.isFull()) return turnAway("conflict", "more signed requests than can be told apart");
    seen.put(key, true, signature.signedAt + SIGNED_WITHIN_MS + 1);
    // A press of something that is not ours, or Slack asking whether somebody is here.
    if (request === null) return { kind: "taken", reply: null };
    const work = desk.take(request, { places, sentAt: signature.signedAt });
    return { kind: "taken", reply: await inTime(request, places, work, parts) };
  };
}

function refuse(code: "unauthorised" | "conflict", says: string): SignedAnswer {
  return { kind: "refused", code, says };
}
