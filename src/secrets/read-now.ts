import { readPlainFile } from "../ports/plain-file.ts";
import { placeOfSecret, type SecretRef, type SecretValue } from "../ports/secrets.ts";
import { checkedSecret, SECRET_BYTES_MOST } from "./checked.ts";
import { readEnvSecret } from "./env.ts";
import { readOssecSecret } from "./ossec.ts";

/** A secret at this moment: for a config that is being read and compares it with another, and never to be used. */
export function readSecretNow(ref: SecretRef, env: Readonly<Record<string, string | undefined>>): SecretValue {
  if ("env" in ref) return readEnvSecret(ref.env, env);
  if ("ossec" in ref) return readOssecSecret(ref.ossec, undefined);
  if ("aws" in ref) return { kind: "unreadable", why: `${placeOfSecret(ref)} is looked up when it is used` };
  const place = `the secret file ${ref.file}`;
  const file = readPlainFile(ref.file, SECRET_BYTES_MOST + 2);
  if (file.kind === "unreadable") return { kind: "unreadable", why: `${place} ${file.why}` };
  try {
    return checkedSecret(new TextDecoder("utf-8", { fatal: true }).decode(file.bytes), place);
  } catch {
    return { kind: "unreadable", why: `${place} is not UTF-8 text` };
  }
}
