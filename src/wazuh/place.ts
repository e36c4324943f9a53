export interface Place {
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
}

/** Finds lines and columns in UTF-8 bytes that are held one a character. */
export function placesIn(bytes: string): (offset: number) => Place {
  const starts = [0];
  for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", end + 1)) starts.push(end + 1);
  // Most are asked for in their order, and a file can be one line.
  let known = { line: 0, offset: 0, column: 1 };
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    if (known.line !== low || known.offset > offset) known = { line: low, offset: starts[low] ?? 0, column: 1 };
    const between = Buffer.from(bytes.slice(known.offset, offset), "latin1").toString("utf8");
    known = { line: low, offset, column: known.column + between.length };
    return { line: low + 1, column: known.column };
  };
}
