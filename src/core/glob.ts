/**
 * Compiles a glob (`*` any run, `?` any one character) into a test of whole texts. Each literal stretch is looked
 * for once, from left to right, and never again: no text makes it go back.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const pieces = pattern.split("*").map((piece) => [...piece]);
  const first = pieces[0] ?? [];
  const last = pieces.at(-1) ?? [];
  const between = pieces.slice(1, -1).filter((piece) => piece.length > 0);
  if (pieces.length === 1) return (text) => endOfPiece(text, first, 0) === text.length;
  return (text) => {
    let at = endOfPiece(text, first, 0);
    for (const piece of between) {
      if (at < 0) return false;
      at = endOfNext(text, piece, at);
    }
    return at >= 0 && endsWithPiece(text, last, at);
  };
}

/** Where the piece ends when it stands at `from`; -1 when it does not. */
function endOfPiece(text: string, piece: readonly string[], from: number): number {
  let at = from;
  for (const wanted of piece) {
    if (at >= text.length) return -1;
    if (wanted === "?") at += isPairAt(text, at) ? 2 : 1;
    else if (text.startsWith(wanted, at)) at += wanted.length;
    else return -1;
  }
  return at;
}

function endOfNext(text: string, piece: readonly string[], from: number): number {
  if (!piece.includes("?")) {
    const literal = piece.join("");
    const at = text.indexOf(literal, from);
    return at < 0 ? -1 : at + literal.length;
  }
  for (let at = from; at < text.length; at += isPairAt(text, at) ? 2 : 1) {
    const end = endOfPiece(text, piece, at);
    if (end >= 0) return end;
  }
  return -1;
}

function endsWithPiece(text: string, piece: readonly string[], from: number): boolean {
  let at = text.length;
  for (let i = piece.length - 1; i >= 0; i -= 1) {
    const wanted = piece[i] ?? "";
    if (wanted === "?") at -= at >= 2 && isPairAt(text, at - 2) ? 2 : 1;
    else if (text.endsWith(wanted, at)) at -= wanted.length;
    else return false;
    if (at < from) return false;
  }
  return true;
}

/** A character outside the basic plane takes two units, and `?` takes it whole. */
function isPairAt(text: string, at: number): boolean {
  const high = text.charCodeAt(at) >>> 10 === 0xd800 >>> 10;
  return high && text.charCodeAt(at + 1) >>> 10 === 0xdc00 >>> 10;
}
