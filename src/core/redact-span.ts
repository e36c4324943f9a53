/** What stands in place of something that is not to be shown. It says nothing of how long that was. */
export const REDACTED = "[redacted]";

/** Why something is not shown, in the words of `riposte preview`. */
export type RedactionKind =
  | "a value with the name of a secret"
  | "the value of an option"
  | "a header with a credential"
  | "the login in an address"
  | "a token"
  | "a private key"
  | "a password that is piped"
  | "a password hash"
  | "a field that redact names"
  | "the same value once more"
  | "too much that looks like secrets";

/** A stretch of a text. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind: RedactionKind;
}

/** The text with the marks in it; stretches may overlap and come in any order. */
export function withoutSpans(text: string, spans: readonly Span[]): string {
  let out = "";
  let at = 0;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (to <= at) continue;
    // What overlaps or touches becomes one mark.
    if (from > at || at === 0) out += `${text.slice(at, from)}${REDACTED}`;
    at = to;
  }
  return out + text.slice(at);
}

/**
 * Looks at each place that the pattern (global) finds, and goes on behind what is left out there: a stretch is read
 * once, however many beginnings are in it. Null: nothing is there after all.
 */
export function* scan(
  text: string,
  pattern: RegExp,
  look: (found: string, index: number) => Span | null,
): Generator<Span | null> {
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const span = look(found[0], found.index);
    const next = Math.max(pattern.lastIndex, span?.to ?? 0);
    yield span;
    pattern.lastIndex = next;
  }
}
