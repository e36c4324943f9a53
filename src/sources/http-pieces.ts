/** Where a piece of a body stands: its first byte, and the one behind its last. */
export type Piece = readonly [start: number, end: number];

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Lines without their ends; what stands behind the last newline is one too. */
export function* linesIn(bytes: Buffer, from: number, to: number): Generator<Piece, void> {
  // A subarray ends where this piece does: a newline further on is none of its own.
  const within = bytes.subarray(0, to);
  let start = from;
  while (start < to) {
    const newline = within.indexOf(NEWLINE, start);
    const end = newline === -1 ? to : newline;
    yield [start, end > start && bytes[end - 1] === RETURN ? end - 1 : end];
    start = end + 1;
  }
}

/**
 * JSON values one after the other, with or without white space between them, and of an array its elements. Each is
 * found by its brackets alone: whether it is JSON shows when it is parsed. One that is not closed goes on to the end.
 */
export function* valuesIn(bytes: Buffer, from: number, to: number): Generator<Piece, void> {
  let isInArray = false;
  let at = from;
  while (at < to) {
    const byte = bytes[at]!;
    if (isWhite(byte) || (isInArray && byte === COMMA)) at += 1;
    else if (byte === OPEN_ARRAY && !isInArray) {
      isInArray = true;
      at += 1;
    } else if (byte === CLOSE_ARRAY && isInArray) {
      isInArray = false;
      at += 1;
    } else {
      const end = byte === OPEN_OBJECT || byte === OPEN_ARRAY ? closedAt(bytes, at, to) : endOfWord(bytes, at, to);
      yield [at, end];
      at = end;
    }
  }
}

/**
 * Whether lines stand in a piece of which one looks like a record of its own: then the piece is what brackets that
 * match nothing have made of several lines.
 */
export function looksLikeLines(bytes: Buffer, [from, to]: Piece): boolean {
  if (!bytes.subarray(from, to).includes(NEWLINE)) return false;
  for (const [start, end] of linesIn(bytes, from, to)) {
    if (end - start > 2 && bytes[start] === OPEN_OBJECT && bytes[end - 1] === CLOSE_OBJECT) return true;
  }
  return false;
}

function closedAt(bytes: Buffer, start: number, to: number): number {
  let depth = 0;
  for (let at = start; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = behindString(bytes, at, to) - 1;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return to;
}

function behindString(bytes: Buffer, start: number, to: number): number {
  for (let at = start + 1; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  return to;
}

/** What is neither an object nor an array is no alert; where it ends matters only for what comes behind it. */
function endOfWord(bytes: Buffer, start: number, to: number): number {
  let at = start;
  while (at < to) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = behindString(bytes, at, to);
    else if (at > start && (byte === COMMA || byte === CLOSE_ARRAY || byte === NEWLINE)) return at;
    else at += 1;
  }
  return Math.min(at, to);
}

function isWhite(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === RETURN || byte === 0x09;
}
