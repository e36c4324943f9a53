import { plainLine } from "../../core/plain-text.ts";

/**
 * Somebody's text as wiki markup that shows it, on one line, and does nothing else. Signs that could mean something
 * are written as character references, which Jira shows as the sign and never reads: a backslash would do for most of
 * them, but not for backslashes, addresses and faces. Signs within a word or a number mean nothing and stay readable.
 */
export function wikiText(text: string): string {
  return plainLine(text)
    .replaceAll(ALWAYS, references)
    .replaceAll(AT_A_WORDS_END, references)
    .replaceAll(ISSUE_KEY, references)
    .replaceAll(COLON, references)
    .replaceAll(LINE_START, references)
    .replaceAll(FACE, references)
    .replaceAll(WINK, references);
}

// `&` and `#` begin every reference, so the first pass is the only one that may touch them.
const ALWAYS = /[&\\{}[\]|*^~!<>@]|#(?![A-Za-z0-9])|\?(?=\?|$)|(?<=\?|^)\?/g;
/** `_`, `-` and `+` between two letters or digits are part of a word. */
const AT_A_WORDS_END = /(?<![A-Za-z0-9])[_+-]|[_+-](?![A-Za-z0-9])/g;
/** `SEC-12` is a link to that issue, if there is one. */
const ISSUE_KEY = /(?<=[A-Z][A-Z0-9_]{0,254})-(?=\d)/g;
/** Not that of a time, and not one before a space: those of addresses, of `:D` and of whatever a plug-in knows. */
const COLON =
  /:(?!\s|$|(?<=\d:)\d)|(?<=(?<![A-Za-z])(?:https?|ftps?|mailto|file|javascript|data|news|irc|callto|skype)):/gi;
/** `h1.`, `bq.`, `www.` */
const LINE_START = /(?<=(?<![A-Za-z0-9])(?:h[1-6]|bq|www))\./gi;
/** `(x)`, `(on)` */
const FACE = /\((?=[^()\s]{0,8}(?:\)|$))/g;
/** `;)`: every reference ends like its beginning. */
const WINK = /(?<=;)[()]+/g;

function references(signs: string): string {
  return [...signs].map((sign) => `&#${sign.charCodeAt(0)};`).join("");
}
