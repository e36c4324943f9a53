/** A stretch of a text that is a value, without its quotes. */
export interface Value {
  readonly from: number;
  readonly to: number;
}

/** Words of systems and of people that stand where a secret would, and are none. */
const NO_SECRET =
  /^(?:-+|\*+|%%\d+|%\w+%|\$\w+|\$\{\w+\}|\(?null\)?|none|n\/a|nil|yes|no|true|false|undefined|passwords?|required|optional|string|number|boolean|\[redacted\]?|\[filtered\])$/i;

/**
 * The value that begins here as a shell, a config or a form would read it: quoted, or a word. A word that may go on
 * does go on: better a comma too much left out than half a password shown.
 */
export function valueAt(text: string, start: number): Value | null {
  const opener = /\\{0,8}["'`]/y;
  opener.lastIndex = start;
  const quote = opener.exec(text)?.[0];
  if (quote !== undefined) {
    const from = start + quote.length;
    const close = closeOf(text, from, quote);
    const to = close === -1 ? text.length : close;
    const after = close === -1 ? to : close + quote.length;
    // A shell goes on with what follows the quote at once: 'a'"b"c.
    const end = isWordEnd(text, after) ? to : wordEnd(text, after);
    return told(text, from, end);
  }
  return told(text, start, wordEnd(text, start));
}

/** Whether a value is something that nobody has to hide. */
export function isNoSecret(value: string): boolean {
  return value === "" || (value.length <= 64 && NO_SECRET.test(value));
}

function told(text: string, from: number, to: number): Value | null {
  return isNoSecret(text.slice(from, to)) ? null : { from, to };
}

/** A quote that is escaped more than the opening one stands within the value. */
function closeOf(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + quote.length)) {
    if (text[at - 1] !== "\\" || at === from) return at;
  }
  return -1;
}

function wordEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const sign = text[at] ?? "";
    if (sign === "\\") {
      // Before a quote it is the end of a text within a text, before a blank a part of the word.
      if (/^\\+["'`]/.test(text.slice(at, at + 10)) && isWordEnd(text, at + 2)) return at;
      if (text.startsWith("\\r\\n", at)) return at;
      at += 2;
    } else if (isBlank(sign)) {
      return at;
    } else if (sign === '"' || sign === "'" || sign === "`") {
      if (isWordEnd(text, at + 1)) return at;
      const close = text.indexOf(sign, at + 1);
      at = close === -1 ? at + 1 : close + 1;
    } else if (isSoft(sign) && endsAfterSoft(text, at + 1, sign)) {
      return at;
    } else {
      at += 1;
    }
  }
  return Math.min(at, text.length);
}

function isWordEnd(text: string, at: number): boolean {
  const sign = text[at];
  return sign === undefined || isBlank(sign) || isSoft(sign) || sign === '"' || sign === "'";
}

function isBlank(sign: string): boolean {
  return sign === " " || sign === "\n" || sign === "\t" || sign === "\r" || sign === "\0";
}

function isSoft(sign: string): boolean {
  return "&;,)}]>|".includes(sign);
}

/** These signs end a word only where what follows shows it. */
function endsAfterSoft(text: string, at: number, sign: string): boolean {
  const next = text.slice(at, at + 40);
  if (next === "" || /^(?:[)}\]>;,|]{0,3}(?:[\s"'\\]|$)|[)}\]>])/.test(next)) return true;
  return "&;,|".includes(sign) && /^[\w.%[\]-]{1,32}=/.test(next);
}
