import type { Clock } from "../ports/clock.ts";
import { USUAL_AWS, type AwsSettings } from "../ports/aws-settings.ts";
import { keyOfSecret, type SecretRef, type Secrets, type SecretValue } from "../ports/secrets.ts";
import type { Instant } from "../core/time.ts";
import type { AwsSecrets } from "./aws.ts";
import { readEnvSecret } from "./env.ts";
import { readFileSecret } from "./file.ts";
import { readOssecSecret } from "./ossec.ts";

/** A rotated secret is in use this long after, and a burst of calls reads its file once. */
const FILE_CACHE_MS = 2_000;

interface Held {
  readonly readAt: Instant;
  readonly reading: Promise<SecretValue>;
}

/** The secrets of this machine, looked up when they are used. */
export function openSecrets(
  clock: Pick<Clock, "now">,
  env: Readonly<Record<string, string | undefined>>,
  settings?: AwsSettings,
): Secrets {
  let aws: Promise<AwsSecrets> | null = null;
  const held = new Map<string, Held>();
  /** What blocks of an ossec.conf had in them last. */
  const known = new Map<string, SecretValue>();

  async function readCached(place: string, read: () => Promise<SecretValue>): Promise<SecretValue> {
    const cached = held.get(place);
    const now = clock.now();
    // A clock that was set back must not keep an old value for as long as it was set back.
    if (cached !== undefined && now >= cached.readAt && now - cached.readAt < FILE_CACHE_MS) return cached.reading;
    const reading = read();
    held.set(place, { readAt: now, reading });
    const value = await reading;
    // What is not there yet should work as soon as somebody puts it there.
    if (value.kind === "unreadable" && held.get(place)?.reading === reading) held.delete(place);
    return value;
  }

  const secrets: Secrets = {
    async read(ref: SecretRef): Promise<SecretValue> {
      if ("env" in ref) return readEnvSecret(ref.env, env);
      if ("file" in ref) return readCached(ref.file, () => readFileSecret(ref.file));
      if ("aws" in ref)
        return readCached(keyOfSecret(ref), async () => (await (aws ??= openAws(secrets, settings))).read(ref));
      // Absolute paths begin otherwise, so that no file has this name.
      const place = JSON.stringify(ref.ossec);
      return readCached(place, async () => {
        const value = readOssecSecret(ref.ossec, known.get(place));
        if (value.kind === "value") known.set(place, value);
        return value;
      });
    },
  };
  return secrets;
}

/** Loaded with the first secret that is kept there. */
async function openAws(others: Secrets, settings: AwsSettings = USUAL_AWS): Promise<AwsSecrets> {
  const { openAwsSecrets } = await import("./aws.ts");
  return openAwsSecrets(settings, others);
}
