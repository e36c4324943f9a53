import { createHmac, timingSafeEqual } from "node:crypto";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";

/** What is older, or from later than that, is refused. */
export const SIGNED_WITHIN_MS = 5 * MINUTE_MS;

export interface Signature {
  readonly signedAt: Instant;
  readonly timestamp: string;
  readonly digest: Buffer;
}

/** From the two headers of a request; null: they are not as Slack writes them. */
export function readSignature(timestamp: string | undefined, signature: string | undefined): Signature | null {
  const [, hex] = /^v0=([0-9a-f]{64})$/.exec(signature ?? "") ?? [];
  if (hex === undefined || timestamp === undefined || !/^\d{1,11}$/.test(timestamp)) return null;
  return { signedAt: Number(timestamp) * SECOND_MS, timestamp, digest: Buffer.from(hex, "hex") };
}

/** Whether the body was signed with this secret; in the same time whatever the difference. */
export function isSignedWith(secret: string, { timestamp, digest }: Signature, body: Uint8Array): boolean {
  const expected = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(expected, digest);
}

/** Slack's are 32 hex digits; with fewer characters anybody could sign. */
export function whyNoSigningSecret(value: string): string | null {
  if (/^x(?:ox|app)/.test(value)) return "a token. The signing secret stands in Basic Information of the app";
  return /^[\x21-\x7e]{16,200}$/.test(value) ? null : "no signing secret of Slack's: see Basic Information of the app";
}
