import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Later } from "../../core/outcome.ts";
import type { Instant } from "../../core/time.ts";
import type { SecretRef } from "../../ports/secrets.ts";
import { secretTrouble } from "../address.ts";
import type { Io } from "../connector.ts";

export type Key = { readonly kind: "key"; readonly key: KeyObject } | Later;

/**
 * Looks the key up for every call, since it may rotate, and makes it ready when it changed: signing with the bare
 * bytes costs four times as much as the rest of it (18 µs against 4 µs for a body of 4 KB).
 */
export function keyReader(ref: SecretRef): (io: Io) => Promise<Key> {
  let known: { readonly value: string; readonly key: Key } | null = null;
  return async (io) => {
    const secret = await io.secrets.read(ref);
    if (secret.kind === "unreadable") return secretTrouble(`secret: ${secret.why}`);
    if (known?.value !== secret.value) known = { value: secret.value, key: keyIn(secret.value.trim()) };
    return known.key;
  };
}

/** https://www.standardwebhooks.com: 24 to 64 bytes are usual; fewer than 16 could be guessed. */
const LEAST_KEY_BYTES = 16;

function keyIn(text: string): Key {
  if (!text.startsWith("whsec_")) return secretTrouble("secret: does not begin with whsec_");
  const base64 = text.slice("whsec_".length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return secretTrouble("secret: what follows whsec_ is not base64");
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length < LEAST_KEY_BYTES) return secretTrouble(`secret: the key is shorter than ${LEAST_KEY_BYTES} bytes`);
  return { kind: "key", key: createSecretKey(bytes) };
}

/** The headers by which a receiver knows the sender, the call and its age. */
export function signed(mark: string, now: Instant, body: string, key: KeyObject): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1_000));
  const signature = createHmac("sha256", key).update(`${mark}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": mark, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

/** The same without proof of who sent it. */
export function unsigned(mark: string, now: Instant): Readonly<Record<string, string>> {
  return { "webhook-id": mark, "webhook-timestamp": String(Math.floor(now / 1_000)) };
}
