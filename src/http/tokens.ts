import { createHash, timingSafeEqual } from "node:crypto";
import type { TokenTerms } from "../ports/door-settings.ts";
import type { Secrets } from "../ports/secrets.ts";

/** Whoever has fewer than these can be guessed. */
const FEWEST_CHARACTERS = 24;
/** What an Authorization header may carry (RFC 6750). */
const SENDABLE = /^[A-Za-z0-9._~+/-]+=*$/;

const BEARER = /^Bearer +([^\s]{1,4096}) *$/i;

/** The token of an Authorization header; null: it is of another kind. */
export function bearerOf(header: string): string | null {
  return BEARER.exec(header)?.[1] ?? null;
}

export interface TokenBook {
  /** Whose token it is, as the secrets are now; null: nobody's. */
  whose(presented: string): Promise<TokenTerms | null>;
}

/**
 * Compares digests, all of them and each in the same time whatever it is compared with, so that how long an answer
 * takes says nothing of a token.
 */
export function tokenBook(options: {
  /** Those of the config in force. */
  readonly tokens: () => readonly TokenTerms[];
  readonly secrets: Secrets;
  /** Told of a token that nobody can use; the sentence has no word of it. */
  readonly troubled: (token: string, says: string) => void;
}): TokenBook {
  const { tokens, secrets, troubled } = options;
  /** By name; a rotated value has another digest. */
  const digests = new Map<string, { readonly value: string; readonly digest: Buffer }>();

  async function digestOf({ name, proof }: TokenTerms): Promise<Buffer | null> {
    if (proof.kind !== "secret") return null;
    const found = await secrets.read(proof.secret);
    const trouble = found.kind === "unreadable" ? found.why : whyUnfit(found.value);
    if (found.kind === "unreadable" || trouble !== null) {
      digests.delete(name);
      troubled(name, trouble ?? "");
      return null;
    }
    const known = digests.get(name);
    if (known?.value === found.value) return known.digest;
    const digest = digestOfText(found.value);
    digests.set(name, { value: found.value, digest });
    return digest;
  }

  return {
    async whose(presented) {
      const asked = digestOfText(presented);
      const terms = tokens();
      const known = await Promise.all(terms.map(digestOf));
      const matching = terms.filter((_, i) => {
        const digest = known[i] ?? null;
        return digest !== null && timingSafeEqual(digest, asked);
      });
      for (const { name } of matching.slice(1)) troubled(name, `is the same as that of ${matching[0]?.name}`);
      return matching[0] ?? null;
    },
  };
}

/** Why no token should look so; null: it may. */
export function whyUnfit(value: string): string | null {
  if (value.length < FEWEST_CHARACTERS)
    return `has fewer than ${FEWEST_CHARACTERS} characters, so it could be guessed. Make one with: openssl rand -hex 32`;
  if (!SENDABLE.test(value))
    return "has characters that no Authorization header carries (letters, digits and -._~+/ only). Make one with: openssl rand -hex 32";
  return null;
}

function digestOfText(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
