/** Marks a code unit that follows as four hex digits. A control character (SUBSTITUTE) that no log has a use for. */
const ESCAPE = "\u001a";
const NEEDS_ESCAPE = /[\u0000\u001a\p{Surrogate}]/gu;
const ESCAPED = /\u001a([0-9a-f]{4})/g;

/**
 * Any string as text that a database gives back unchanged. SQLite's binding makes U+FFFD of every lone surrogate, so
 * that two ids which differ would become one; PostgreSQL takes no U+0000.
 */
export function toText(value: string): string {
  if (value.isWellFormed() && !value.includes("\0") && !value.includes(ESCAPE)) return value;
  return value.replace(NEEDS_ESCAPE, (unit) => ESCAPE + unit.charCodeAt(0).toString(16).padStart(4, "0"));
}

export function fromText(stored: string): string {
  if (!stored.includes(ESCAPE)) return stored;
  return stored.replace(ESCAPED, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)));
}

export function toTextOrNull(value: string | null): string | null {
  return value === null ? null : toText(value);
}

export function fromTextOrNull(stored: string | null): string | null {
  return stored === null ? null : fromText(stored);
}
