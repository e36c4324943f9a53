import { secretValue, type SecretValue } from "../ports/secrets.ts";

/** AWS Secrets Manager's limit, and far more than any webhook, token or key takes. */
export const SECRET_BYTES_MOST = 65_536;

/** What was found in a place, without the line end that editors and `echo` put behind it. */
export function checkedSecret(
  found: string,
  place: string,
  about: Parameters<typeof secretValue>[1] = {},
): SecretValue {
  const value = found.replace(/[\r\n]+$/, "");
  if (value === "") return { kind: "unreadable", why: `${place} is empty. Put the secret there` };
  if (new TextEncoder().encode(value).length > SECRET_BYTES_MOST) return tooLarge(place);
  return secretValue(value, about);
}

export function tooLarge(place: string): SecretValue {
  return { kind: "unreadable", why: `${place} holds more than 64 KiB: is this the right place?` };
}
