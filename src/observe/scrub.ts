/** What is put in the place of a secret. */
const STAND_IN = "[secret]";

/** Shorter ones would cut words out of every sentence; a secret that short protects nothing. */
const SHORTEST_CHARACTERS = 8;

/**
 * The last net under the rule that no secret gets near a log: it learns the values that were looked up and takes
 * them out of whatever is about to be written.
 */
export interface Scrubber {
  readonly learn: (secret: string) => void;
  readonly scrub: (text: string) => string;
}

export function createScrubber(): Scrubber {
  const forms = new Set<string>();
  let longestFirst: readonly string[] = [];
  return {
    learn(secret) {
      const before = forms.size;
      for (const form of formsOf(secret)) forms.add(form);
      // A secret may be part of another one: the longer goes first, so that nothing of it is left over.
      if (forms.size > before) longestFirst = [...forms].toSorted((a, b) => b.length - a.length);
    },
    scrub(text) {
      let clean = text;
      for (const form of longestFirst) clean = clean.replaceAll(form, STAND_IN);
      return clean;
    },
  };
}

/** As it is, and as JSON and a URL would carry it. */
function formsOf(secret: string): readonly string[] {
  if (secret.length < SHORTEST_CHARACTERS) return [];
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}
