/** A text with whatever else there is to know of it; null: it is just what it looks like. */
export interface Exact {
  readonly shown: string;
  readonly warns: string | null;
}

/**
 * Somebody's name so that no two names look alike: whatever is no plain ASCII, would be squeezed, or means something to
 * Slack, is shown by its code.
 */
export function exactly(name: string): Exact {
  const odd = [...new Set([...name].filter((character) => !PLAIN.test(character)))];
  if (odd.length === 0) return { shown: name, warns: null };
  const what = odd.some((character) => (character.codePointAt(0) ?? 0) > LAST_OF_ASCII) ? "not ASCII" : "unusual";
  const codes = odd.slice(0, CODES_NAMED).map((character) => `U+${hexOf(character).toUpperCase().padStart(4, "0")}`);
  const more = odd.length > CODES_NAMED ? ` and ${odd.length - CODES_NAMED} more` : "";
  return { shown: escaped(name, PLAIN), warns: `${what}: ${codes.join(", ")}${more}` };
}

/** The same of a sentence, in which blanks are usual. */
export function exactWords(text: string): string {
  return escaped(text, PLAIN_OR_BLANK);
}

const LAST_OF_ASCII = 0x7f;
const CODES_NAMED = 12;
// Without what Slack escapes, and without the backtick, which ends what is shown as code.
const PLAIN = /^[!-%'-;=?-_a-~]$/;
const PLAIN_OR_BLANK = /^[ -%'-;=?-_a-~]$/;

function escaped(text: string, plain: RegExp): string {
  return [...text].map((character) => (plain.test(character) ? character : `\\u{${hexOf(character)}}`)).join("");
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
