import type { Secrets } from "../ports/secrets.ts";

/** What is put in the place of a secret. */
const STAND_IN = "[secret]";

/** Shorter ones would cut words out of every sentence; a secret that short protects nothing. */
const SHORTEST_CHARACTERS = 8;

/** Far more than a config names; a secret that is replaced each hour is known for two weeks. */
const REMEMBERED_MOST = 400;

/**
 * The last net under the rule that no secret gets near a log: it learns the values that were looked up and takes
 * them out of whatever is about to be written.
 */
export interface Scrubber {
  readonly learn: (secret: string) => void;
  readonly scrub: (text: string) => string;
}

/** The same secrets, whose values the scrubber learns when they are looked up. */
export function overhear(secrets: Secrets, scrubber: Scrubber): Secrets {
  return {
    async read(ref) {
      const found = await secrets.read(ref);
      if (found.kind === "value") scrubber.learn(found.value);
      return found;
    },
  };
}

export function createScrubber(): Scrubber {
  /** In the order in which they were met first; those that were replaced long ago stay as long as there is room. */
  const learnt = new Map<string, readonly string[]>();
  let longestFirst: readonly string[] = [];
  return {
    learn(secret) {
      if (learnt.has(secret)) return;
      if (learnt.size >= REMEMBERED_MOST) for (const oldest of [...learnt.keys()].slice(0, 1)) learnt.delete(oldest);
      learnt.set(secret, partsOf(secret).flatMap(formsOf));
      // A secret may be part of another one: the longer goes first, so that nothing of it is left over.
      longestFirst = [...new Set([...learnt.values()].flat())].toSorted((a, b) => b.length - a.length);
    },
    scrub(text) {
      let clean = text;
      for (const form of longestFirst) clean = clean.replaceAll(form, STAND_IN);
      return clean;
    },
  };
}

/** A secret may be several in one: JSON with an address and a token, or an address with a login in it. */
function partsOf(secret: string): readonly string[] {
  if (!secret.trimStart().startsWith("{")) return [secret, ...loginIn(secret)];
  try {
    const values = Object.values(JSON.parse(secret) as Record<string, unknown>);
    return [secret, ...values.filter((value) => typeof value === "string")];
  } catch {
    return [secret];
  }
}

/** The password, and the login as a header carries it. */
function loginIn(address: string): readonly string[] {
  const url = URL.parse(address.trim());
  if (url === null || url.password === "") return [];
  try {
    const [name, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    return [url.password, password, Buffer.from(`${name}:${password}`).toString("base64")];
  } catch {
    return [url.password];
  }
}

/** As it is, and as JSON and a URL would carry it. */
function formsOf(secret: string): readonly string[] {
  if (secret.length < SHORTEST_CHARACTERS) return [];
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}
