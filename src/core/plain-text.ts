/**
 * Somebody else's text made fit to show: no control characters, no half surrogate pairs, and nothing that hides or
 * turns around what stands beside it. Line breaks become `\n`. What it means where it is shown (mark-up, mentions)
 * is for that place to escape.
 */
export function plainText(text: string): string {
  if (!UNFIT.test(text) && text.isWellFormed()) return text;
  return text
    .toWellFormed()
    .replaceAll(LINE_BREAK, "\n")
    .replaceAll(CONTROL, "")
    .replaceAll(UNSEEN, (found) => `[U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text)
    .replaceAll(/[\n\t ]+/g, " ")
    .trim();
}

/** At most this many UTF-16 units; where something had to go, the end says so and how much there was. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const note = cutNote(text.length);
  return `${head(text, most - note.length)}${note}`;
}

/**
 * `plainText` in at most so many UTF-16 units; where something had to go, the end says so and how much there was.
 * Only as much is cleaned as can be shown: the text may be very long.
 */
export function cutPlainText(text: string, most: number): string {
  const clean = plainText(head(text, most));
  if (text.length <= most && clean.length <= most) return clean;
  const note = cutNote(text.length);
  return `${head(clean, most - note.length)}${note}`;
}

export function cutPlainLine(text: string, most: number): string {
  const line = plainLine(head(text, most));
  if (text.length <= most && line.length <= most) return line;
  const note = cutNote(text.length);
  return `${head(line, most - note.length)}${note}`;
}

/** The first so many units, less one where that would halve a surrogate pair. */
export function head(text: string, units: number): string {
  if (text.length <= units) return text;
  const last = text.charCodeAt(units - 1);
  return text.slice(0, Math.max(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units));
}

export function cutNote(units: number): string {
  return ` … [cut: ${grouped(units)} characters in all]`;
}

/** `1048576` as `1,048,576`. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

const LINE_BREAK = /\r\n?|[\u0085\u2028\u2029]/g;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Zero width, joiners, direction marks and overrides, fillers, tags: shown by number, since a reader must know of them. */
const UNSEEN = /\p{Cf}|\u034f|[\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\ufffe\uffff\u{e0000}-\u{e0fff}]/gu;
const UNFIT = new RegExp(`${CONTROL.source}|[\\u000d\\u0085\\u2028\\u2029]|${UNSEEN.source}`, "u");
