import { cutPlainLine } from "../../core/plain-text.ts";
import type { SecretRef } from "../../ports/secrets.ts";
import { type Address, addressIn, secretTrouble } from "../address.ts";
import type { Io } from "../connector.ts";

const FIELD = "webhook";
/** Under one of these people keep a webhook's address, in whatever case, with _ or - in it. */
const KNOWN: ReadonlySet<string> = new Set(["webhook_url", "url", "slack_webhook_url", "slack_webhook", "webhook"]);
const NAMED = "webhook_url, url, SLACK_WEBHOOK_URL, SLACK_WEBHOOK or webhook";

/** The webhook's address: alone, or in JSON under exactly one key that can only mean it. */
export async function readHook(ref: SecretRef, io: Io): Promise<Address> {
  const secret = await io.secrets.read(ref);
  if (secret.kind === "unreadable") return secretTrouble(`${FIELD}: ${secret.why}`);
  if (!secret.value.trimStart().startsWith("{")) return addressIn(secret.value, FIELD);
  const fields = fieldsIn(secret.value);
  if (fields === null) return secretTrouble(`${FIELD}: begins like JSON and is none. Put the address alone there`);
  const found = fields.filter(([key]) => KNOWN.has(key.toLowerCase().replaceAll("-", "_")));
  const [only] = found;
  if (only === undefined)
    return secretTrouble(`${FIELD}: is JSON without the address. Put it there as one of ${NAMED}, or name its key`);
  const [key, value] = only;
  if (found.length > 1)
    return secretTrouble(
      `${FIELD}: is JSON with ${found.map(([each]) => shown(each)).join(" and ")}. Name the right key`,
    );
  if (typeof value !== "string") return secretTrouble(`${FIELD}: ${shown(key)} is not text`);
  return addressIn(value, `${FIELD}: ${shown(key)}`);
}

function fieldsIn(text: string): readonly (readonly [string, unknown])[] | null {
  try {
    return Object.entries(JSON.parse(text) as object);
  } catch {
    return null;
  }
}

function shown(key: string): string {
  return cutPlainLine(key, 40);
}
