import type { Span } from "./redact-span.ts";
import { namedSecrets, type SecretNames } from "./secret-names.ts";
import { COMMAND_HINT, COMMAND_STEMS, OPTION_HINT, optionSecrets } from "./secret-options.ts";
import { isLoginAt, SHAPE_HINT, SHAPE_STEMS, shapedSecrets } from "./secret-shapes.ts";
import { wordFinder, type FindWord } from "./word-finder.ts";

/** What looks like so many secrets is not taken apart any further: it is left out whole. */
const MOST_CANDIDATES = 500;

/** What a stem has around it in a text that holds a secret: the dash of an option before it, signs of JSON behind. */
const BEFORE_CHARS = 110;
const AROUND_CHARS = 60;
/** A text with so many stems is read whole. */
const MOST_STEMS = 40;

/**
 * Whether a text, or JSON with such texts in it, may hold what `secretSpans` finds. Nearly all alerts hold nothing:
 * they are looked through for plain words, and the long expression sees only what stands around one.
 */
export function secretHint(names: SecretNames): (text: string) => boolean {
  const findStem = wordFinder([...names.stems, ...SHAPE_STEMS, ...COMMAND_STEMS]);
  const hint = new RegExp(`${names.hint}|${SHAPE_HINT}|${COMMAND_HINT}`, "gi");
  return (text) => OPTION_HINT.test(text) || holdsStem(text, findStem, hint) || holdsLogin(text);
}

function holdsStem(text: string, findStem: FindWord, hint: RegExp): boolean {
  let left = MOST_STEMS;
  // Another may begin within the one before.
  for (let found = findStem(text, 0); found !== null; found = findStem(text, found.at + 1)) {
    const { at, chars } = found;
    const from = Math.max(0, at - BEFORE_CHARS);
    // What it looks back upon is within the slice, and what it looks through is short.
    hint.lastIndex = Math.max(0, at - AROUND_CHARS - from);
    if (hint.test(text.slice(from, at + chars + AROUND_CHARS))) return true;
    left -= 1;
    if (left === 0) return true;
  }
  return false;
}

function holdsLogin(text: string): boolean {
  for (let at = text.indexOf("://"); at !== -1; at = text.indexOf("://", at + 3)) {
    if (isLoginAt(text, at)) return true;
  }
  return false;
}

/** All stretches of a text that look like secrets. */
export function secretSpans(text: string, names: SecretNames): readonly Span[] {
  const spans: Span[] = [];
  let candidates = 0;
  for (const look of [namedSecrets(text, names), optionSecrets(text), shapedSecrets(text)]) {
    for (const span of look) {
      candidates += 1;
      if (candidates > MOST_CANDIDATES) return [{ from: 0, to: text.length, kind: "too much that looks like secrets" }];
      if (span !== null) spans.push(span);
    }
  }
  return spans;
}
