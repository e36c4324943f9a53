import { mayBeDeeper } from "../core/json-depth.ts";
import { cutNote, head } from "../core/plain-text.ts";

export interface Json {
  readonly text: string;
  /** Something had to be left out. */
  readonly shortened: boolean;
}

/**
 * A document of any origin as JSON that every reader takes: no half surrogate pairs, not nested without end, and not
 * much longer than `mostChars`. The usual document is small and sound and costs one `JSON.stringify`.
 */
export function jsonWithin(value: unknown, mostChars: number): Json {
  const whole = stringify(value);
  // `\ud` begins the escape of a half pair; a backslash before a `ud` of its own only costs a second look.
  if (whole !== null && whole.length <= mostChars && !whole.includes("\\ud")) return { text: whole, shortened: false };
  const isLong = whole === null || whole.length > mostChars;
  const copy = new Copy(mostChars, isLong ? LONG_STRING_CHARS : mostChars);
  const text = JSON.stringify(copy.of(value, 0));
  return { text, shortened: copy.shortened };
}

/**
 * Whether a line that was parsed before is JSON that every reader takes, and not longer than `mostChars`: then it can
 * be sent on as it is. A line of which that can't be seen at a glance is not.
 */
export function isSoundJson(line: string, mostChars: number): boolean {
  if (line.length > mostChars || !line.startsWith("{") || !line.isWellFormed()) return false;
  return !HALF_PAIR.test(line) && !mayBeDeeper(line, DEEPEST_UNREAD);
}

/** The escape of one, or of a pair, which only costs a second look. */
const HALF_PAIR = /\\u[dD]/;
/** As deep as sources let a document be. */
const DEEPEST_UNREAD = 64;
const DEEPEST = 32;
const LONG_STRING_CHARS = 4_096;
const KEY_CHARS = 256;

/** Null: nested deeper than the stack reaches. */
function stringify(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

class Copy {
  shortened = false;
  #left: number;
  readonly #stringChars: number;

  constructor(chars: number, stringChars: number) {
    this.#left = chars;
    this.#stringChars = stringChars;
  }

  of(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.#string(value, this.#stringChars);
    if (typeof value !== "object" || value === null) {
      this.#left -= 24;
      return value;
    }
    if (depth === DEEPEST) return this.#leftOut("[cut: nested too deep]");
    return Array.isArray(value) ? this.#array(value, depth) : this.#object(value, depth);
  }

  #array(items: readonly unknown[], depth: number): unknown[] {
    const copy: unknown[] = [];
    for (const item of items) {
      if (this.#left <= 0) {
        copy.push(this.#leftOut(`[cut: ${items.length} items in all]`));
        break;
      }
      this.#left -= 1;
      copy.push(this.of(item, depth + 1));
    }
    return copy;
  }

  /** Without a prototype, so that `__proto__` is a name like others. */
  #object(object: object, depth: number): object {
    const copy = Object.create(null) as Record<string, unknown>;
    for (const [name, value] of Object.entries(object)) {
      if (this.#left <= 0) {
        this.shortened = true;
        break;
      }
      copy[this.#string(name, KEY_CHARS)] = this.of(value, depth + 1);
    }
    return copy;
  }

  #string(text: string, most: number): string {
    const sound = head(text, most).toWellFormed();
    const kept = text.length <= most ? sound : this.#leftOut(`${sound}${cutNote(text.length)}`);
    // As it will be written, escapes and all.
    this.#left -= JSON.stringify(kept).length + 1;
    return kept;
  }

  #leftOut(text: string): string {
    this.shortened = true;
    return text;
  }
}
