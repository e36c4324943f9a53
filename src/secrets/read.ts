import type { Clock } from "../ports/clock.ts";
import type { SecretRef, Secrets, SecretValue } from "../ports/secrets.ts";
import type { Instant } from "../core/time.ts";
import { readEnvSecret } from "./env.ts";
import { readFileSecret } from "./file.ts";

/** A rotated secret is in use this long after, and a burst of calls reads its file once. */
const FILE_CACHE_MS = 2_000;

interface Held {
  readonly readAt: Instant;
  readonly reading: Promise<SecretValue>;
}

/** The secrets of this machine, looked up when they are used. */
export function openSecrets(clock: Pick<Clock, "now">, env: Readonly<Record<string, string | undefined>>): Secrets {
  const held = new Map<string, Held>();

  async function readFile(path: string): Promise<SecretValue> {
    const known = held.get(path);
    const now = clock.now();
    // A clock that was set back must not keep an old value for as long as it was set back.
    if (known !== undefined && now >= known.readAt && now - known.readAt < FILE_CACHE_MS) return known.reading;
    const reading = readFileSecret(path);
    held.set(path, { readAt: now, reading });
    const value = await reading;
    // What is not there yet should work as soon as somebody puts it there.
    if (value.kind === "unreadable" && held.get(path)?.reading === reading) held.delete(path);
    return value;
  }

  return {
    async read(ref: SecretRef): Promise<SecretValue> {
      return "file" in ref ? readFile(ref.file) : readEnvSecret(ref.env, env);
    },
  };
}
