import type { SecretValue } from "../ports/secrets.ts";
import { checkedSecret } from "./checked.ts";

/** A secret from the environment; it stays what it was when the process started. */
export function readEnvSecret(name: string, env: Readonly<Record<string, string | undefined>>): SecretValue {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  const place = `the environment variable ${name}`;
  if (value === undefined) return { kind: "unreadable", why: `${place} is not set. Set it where Riposte is started` };
  return checkedSecret(value, place);
}
