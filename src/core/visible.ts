/**
 * Text from outside, made fit for a terminal: what would move the cursor, change colours, turn the reading order
 * or break the line is shown as its code instead of being obeyed. Lone surrogates are shown the same way.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** The same for a line of JSON, which stays the same JSON. */
export function visibleJson(line: string): string {
  return line.replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
      .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

// C0 and C1 controls, DEL, line and paragraph separators, the marks that reorder text, zero-width characters,
// tags (U+E0000 and up) and surrogates without their other half.
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}\p{Surrogate}]/gu;
