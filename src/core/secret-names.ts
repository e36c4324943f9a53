import { scan, type RedactionKind, type Span } from "./redact-span.ts";
import { valueAt, type Value } from "./secret-value.ts";

const WORDS =
  "pass(?:word|wd|phrase|code|wort)?|kennwort|motdepasse|contrase|pwd|psw|secret|token|credential|(?:api|access|private|shared|account|auth|signing|encryption|storage)[-_]?key|authorization|cookie";
/** What may follow the word within the name. */
const TAIL = "s?(?:[-_]?(?:hash|value|text|plain|key|\\d{1,3}))?";

/** In small letters, one of these stands in each of the words. */
const STEMS = "pass pwd psw secret token credential key kennwort motdepasse contrase authorization cookie".split(" ");

/** Names whose values are not shown, ready to be looked for. */
export interface SecretNames {
  /** Where one may begin, in a text of any form. */
  readonly hint: string;
  readonly stems: readonly string[];
  readonly inText: RegExp;
  readonly asKey: RegExp;
}

/** The usual ones and those that the config adds. */
export function secretNames(more: readonly string[]): SecretNames {
  const own = more.map((name) => name.replaceAll(/[^\w]/g, "\\$&"));
  const words = [...own, WORDS].join("|");
  return {
    hint: `(?:${words})${TAIL}(?:(?:[\\\\"'\`\\]\\s]|\\\\t){0,16}[:=]|(?<=-[\\w-]{0,80}))`,
    stems: [...STEMS, ...more.map((name) => name.toLowerCase())],
    inText: new RegExp(`(?:${words})${TAIL}(?![A-Za-z])`, "gi"),
    asKey: new RegExp(`(?:${words})${TAIL}$`, "i"),
  };
}

/** Whether a key of a document has a secret's name. */
export function isSecretKey(key: string, names: SecretNames): boolean {
  if (key.length > 200) return false;
  const found = names.asKey.exec(key);
  return found !== null && !isOtherWord(key, found.index, found[0]);
}

/** `name=value`, `name: value`, `"name": "value"`, `--name value`, and headers. */
export function* namedSecrets(text: string, names: SecretNames): Generator<Span | null> {
  yield* scan(text, names.inText, (word, index) =>
    isOtherWord(text, index, word) ? null : namedAt(text, index, word),
  );
}

function namedAt(text: string, index: number, word: string): Span | null {
  const end = index + word.length;
  const separator = match(/\\{0,8}["'`]?\]?[ \t]{0,2}(?:=>|:=|[:=])(?:[ \t]|\\t){0,4}/y, text, end);
  if (separator !== null) {
    const at = end + separator.length;
    if (/^(?:authorization|cookie)/i.test(word) && separator.includes(":")) return headerAt(text, at);
    if (isFolder(text, index, word, at) || isCount(word, text.slice(at, at + 12))) return null;
    // The ids of OVAL's definitions: oval:name-of-a-check:def:1.
    if (separator === ":" && /^(?:def|obj|tst|ste|var):\d/.test(text.slice(at, at + 5))) return null;
    return spanOf(valueAt(text, at), "a value with the name of a secret");
  }
  if (!isOption(text, index)) return null;
  const between = match(/\\{0,8}["'`],?[ \t]{0,2}(?:a\d{1,2}=)?(?=\\{0,8}["'`])|[ \t]{1,4}(?!-|$)/y, text, end);
  return between === null ? null : spanOf(valueAt(text, end + between.length), "the value of an option");
}

/** A scheme of which one word follows stays; all else of a header is left out to the end of its line or quotes. */
function headerAt(text: string, at: number): Span | null {
  const quote = match(/\\{0,8}["'`]/y, text, at) ?? "";
  const start = at + quote.length;
  const scheme = match(/(?:basic|bearer|token|apikey|negotiate|ntlm|splunk|bot)[ \t]{1,4}/iy, text, start) ?? "";
  const from = start + scheme.length;
  const end = scheme === "" || quote !== "" ? /\\{0,8}["'`]|\\?[\r\n]|\\[rn]/g : /[\s"'`\\,;]/g;
  end.lastIndex = from;
  const to = end.exec(text)?.index ?? text.length;
  if (to <= from || valueAt(text, from) === null) return null;
  return { from, to, kind: "a header with a credential" };
}

/** A word that only ends like a secret's name. */
function isOtherWord(text: string, index: number, word: string): boolean {
  if (!/^pass$/i.test(word)) return false;
  return /(?:by|com|sur|tres|under|over)[-_]?$/i.test(text.slice(Math.max(0, index - 8), index));
}

/** sudo and many shells name the folder that they are in so. */
function isFolder(text: string, index: number, word: string, at: number): boolean {
  if (word.toLowerCase() !== "pwd") return false;
  if (/[;&?]$/.test(text.slice(Math.max(0, index - 1), index))) return false;
  return /^\\{0,8}["']?(?:\/|~|[A-Za-z]:\\)/.test(text.slice(at, at + 12));
}

/** Of checks that were passed. */
export function isCount(name: string, value: string): boolean {
  return /^pass$/i.test(name) && /^"?\d{1,6}(?!\w)/.test(value);
}

/** The word is the end of something that begins with a dash. */
function isOption(text: string, index: number): boolean {
  return /(?:^|[^\w-])--?(?:[A-Za-z][\w-]{0,40})?$/.test(text.slice(Math.max(0, index - 44), index));
}

function spanOf(value: Value | null, kind: RedactionKind): Span | null {
  return value === null ? null : { ...value, kind };
}

function match(sticky: RegExp, text: string, at: number): string | null {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? null;
}
