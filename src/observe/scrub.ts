import type { Secrets } from "../ports/secrets.ts";

/** What is put in the place of a secret. */
const STAND_IN = "[secret]";

/** Shorter ones would cut words out of every sentence; a secret that short protects nothing. */
const SHORTEST_CHARACTERS = 8;

/** A part of a secret that is at least so long stands for nothing else. */
const TELLING_CHARACTERS = 16;

/** What a header carries, whoever repeats it. */
const LOGIN = /\b(Basic|Bearer) [\w.~+/=-]{16,}/g;

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
      let clean = text.replaceAll(LOGIN, "$1 [secret]");
      for (const form of longestFirst) clean = clean.replaceAll(form, STAND_IN);
      return clean;
    },
  };
}

/** A secret may be several in one: JSON with an address and a token, an address with a login in it, a key of many lines. */
function partsOf(secret: string): readonly string[] {
  if (!secret.trimStart().startsWith("{")) return textParts(secret);
  try {
    const values = Object.values(JSON.parse(secret) as Record<string, unknown>);
    return [secret, ...values.flatMap((value) => (typeof value === "string" ? textParts(value) : []))];
  } catch {
    return [secret];
  }
}

function textParts(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.length >= TELLING_CHARACTERS && !line.startsWith("-----"));
  return [text, ...loginIn(text), ...pathIn(text), ...(lines.length > 1 ? lines : [])];
}

/** Without its host an address says as much: what is secret is behind it. */
function pathIn(address: string): readonly string[] {
  const url = URL.parse(address.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) return [];
  const path = `${url.pathname}${url.search}`;
  return path.length >= TELLING_CHARACTERS ? [path] : [];
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
