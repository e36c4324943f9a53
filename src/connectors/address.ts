import { later, type Later } from "../core/outcome.ts";
import type { SecretRef } from "../ports/secrets.ts";
import type { Io } from "./connector.ts";

export type Address = { readonly kind: "address"; readonly url: string } | Later;

/** An address that is itself a secret, such as a webhook's: whoever knows it may post. `field` is its name in the config. */
export async function readAddress(ref: SecretRef, field: string, io: Io): Promise<Address> {
  const secret = await io.secrets.read(ref);
  if (secret.kind === "unreadable") return secretTrouble(`${field}: ${secret.why}`);
  return addressIn(secret.value, field);
}

export function addressIn(value: string, field: string): Address {
  const url = value.trim();
  const why = whyUnusable(url);
  return why === null ? { kind: "address", url } : secretTrouble(`${field}: ${why}`);
}

/** Why nothing may be sent there; null: it may. Never repeats the address. */
export function whyUnusable(address: string): string | null {
  const url = URL.parse(address);
  if (url === null) return "not a URL. Example: https://hooks.example.com/path";
  if (url.username !== "" || url.password !== "") return "a URL with a user name or password in it is not supported";
  if (url.protocol === "https:") return null;
  if (url.protocol === "http:" && isLoopback(url.hostname)) return null;
  return "not https. Plain http is taken for addresses of this machine only";
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

export function secretTrouble(evidence: string): Later {
  return later("secret_unreadable", "destination", null, evidence);
}
