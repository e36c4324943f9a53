import { rewriteJson } from "./json-strings.ts";
import { REDACTED, withoutSpans, type RedactionKind, type Span } from "./redact-span.ts";
import { isCount, isSecretKey, secretNames } from "./secret-names.ts";
import { secretHint, secretSpans } from "./secret-spans.ts";
import { isNoSecret } from "./secret-value.ts";

/** What a destination is not shown of an alert. */
export interface RedactTerms {
  /** Passwords, tokens and keys, by the names and forms that they usually have. */
  readonly secrets: boolean;
  /** Names beside the usual ones whose values are secrets. */
  readonly names: readonly string[];
  /** Fields that are left out whole, wherever else their values stand. */
  readonly fields: readonly string[];
}

export const USUAL_REDACTION: RedactTerms = { secrets: true, names: [], fields: [] };

/** Something that is not shown. */
export interface Redaction {
  /** The field that it stood in: `data.command`. */
  readonly path: string;
  readonly kind: RedactionKind;
}

export interface RedactedLine {
  /** The same document without it. */
  readonly line: string;
  /** What was taken out, to be taken out of all that was made of the alert as well. */
  readonly values: readonly string[];
  readonly found: readonly Redaction[];
}

/** Takes out of an alert what a destination is not to be shown. Pure, and in linear time: texts are the attacker's. */
export interface Redactor {
  readonly terms: RedactTerms;
  line(raw: string): RedactedLine;
  /** A text that was made of alerts of which these values are known to be left out. */
  text(text: string, values: readonly string[]): string;
  /** The value of one field. */
  field(path: string, text: string, values: readonly string[]): string;
}

/** Of one alert that many are told of. */
const MOST_FOUND = 500;
/** Values of one alert that are looked for elsewhere in it; the longest first. */
const MOST_VALUES = 300;
/** A shorter one is the word for too many things that have nothing to do with it. */
const LEAST_SECRET_CHARS = 6;
const LEAST_FIELD_CHARS = 2;

export function createRedactor(terms: RedactTerms): Redactor {
  const names = secretNames(terms.names);
  const mayHold = secretHint(names);
  const fields = new Set(terms.fields);
  const spansIn = (text: string): readonly Span[] => (terms.secrets && mayHold(text) ? secretSpans(text, names) : []);
  const isField = (keys: readonly string[]): boolean => {
    if (fields.size === 0) return false;
    let path = "";
    return keys.some((key) => fields.has((path = path === "" ? key : `${path}.${key}`)));
  };
  return {
    terms,
    line(raw) {
      // Of nearly every alert one look at the line tells that nothing is in it.
      if (fields.size === 0 && !(terms.secrets && (ESCAPED.test(raw) || mayHold(raw)))) return untouched(raw);
      const values = new Set<string>();
      const found: Redaction[] = [];
      const note = (keys: readonly string[], kind: RedactionKind): void => {
        if (found.length < MOST_FOUND) found.push({ path: keys.join("."), kind });
      };
      const line = rewriteJson(raw, {
        value(text, { keys, before }) {
          const kind = wholeKind(text, keys);
          if (kind !== null) {
            note(keys, kind);
            if (isWorthFinding(text, kind)) values.add(text);
            return REDACTED;
          }
          const spans = before === "" ? spansIn(text) : spansBehind(before, text);
          if (spans.length === 0) return null;
          for (const { from, to, kind: of } of spans) {
            note(keys, of);
            const value = text.slice(from, to);
            if (isWorthFinding(value, of)) values.add(value);
          }
          return withoutSpans(text, spans);
        },
        key(text) {
          const spans = spansIn(text);
          return spans.length === 0 ? null : withoutSpans(text, spans);
        },
      });
      if (values.size === 0) return line === raw ? untouched(raw) : { line, values: [], found };
      const known = longestFirst(values);
      const again = rewriteJson(line, {
        value(text, { keys }) {
          const less = withoutValues(text, known);
          if (less === text) return null;
          note(keys, "the same value once more");
          return less;
        },
        // A word that is somebody's password is still the name of a field.
        key: (text) => (isSecretKey(text, names) ? null : nullIfSame(text, withoutValues(text, known))),
      });
      return { line: again, values: known, found };
    },
    text: shown,
    field(path, text, values) {
      return wholeKind(text, path.split(".")) === null ? shown(text, values) : REDACTED;
    },
  };

  function shown(text: string, values: readonly string[]): string {
    const spans = spansIn(text);
    return withoutValues(spans.length === 0 ? text : withoutSpans(text, spans), values);
  }

  function wholeKind(text: string, keys: readonly string[]): RedactionKind | null {
    if (isNoSecret(text)) return null;
    if (isField(keys)) return "a field that redact names";
    const isNamed = terms.secrets && keys.some((key) => isSecretKey(key, names));
    const last = keys.at(-1) ?? "";
    return isNamed && !isFolderField(last, text) && !isCount(last, text) ? "a value with the name of a secret" : null;
  }

  /** One argument of a command, read behind those before it. */
  function spansBehind(before: string, text: string): readonly Span[] {
    const all = spansIn(before + text).filter(({ to }) => to > before.length);
    return all.map(({ from, to, kind }) => {
      // The blanks of an argument are its own.
      if (from <= before.length) return { from: 0, to: text.length, kind };
      return { from: from - before.length, to: to - before.length, kind };
    });
  }
}

/** Escapes of what needs none: behind them a word could hide from one look at the line. */
const ESCAPED = /\\[u/]/;

/** sudo's folder. */
function isFolderField(key: string, text: string): boolean {
  return key.toLowerCase() === "pwd" && /^(?:\/|~|[A-Za-z]:\\)/.test(text);
}

function untouched(raw: string): RedactedLine {
  return { line: raw, values: [], found: [] };
}

function isWorthFinding({ length }: string, kind: RedactionKind): boolean {
  return length >= (kind === "a field that redact names" ? LEAST_FIELD_CHARS : LEAST_SECRET_CHARS);
}

function longestFirst(values: ReadonlySet<string>): readonly string[] {
  return [...values].toSorted((a, b) => b.length - a.length).slice(0, MOST_VALUES);
}

/** In capitals or not, where they stand by themselves. */
function withoutValues(text: string, values: readonly string[]): string {
  let small: string | undefined;
  const spans: Span[] = [];
  for (const value of values) {
    if (value.length > text.length) continue;
    small ??= lowered(text);
    const wanted = lowered(value);
    for (let at = small.indexOf(wanted); at !== -1; at = small.indexOf(wanted, at + wanted.length)) {
      const to = at + wanted.length;
      if (!isInWord(text, at, to)) spans.push({ from: at, to, kind: "the same value once more" });
    }
  }
  return spans.length === 0 ? text : withoutSpans(text, spans);
}

/** Of the same length in every language, or as it is. */
function lowered(text: string): string {
  const small = text.toLowerCase();
  return small.length === text.length ? small : text;
}

function isInWord(text: string, from: number, to: number): boolean {
  const inWord = (at: number): boolean => /\w/.test(text[at] ?? " ");
  return (inWord(from - 1) && inWord(from)) || (inWord(to) && inWord(to - 1));
}

function nullIfSame(text: string, less: string): string | null {
  return less === text ? null : less;
}
