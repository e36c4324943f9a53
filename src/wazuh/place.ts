export interface Place {
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
}

/** Finds lines and columns in UTF-8 bytes that are held one a character. */
export function placesIn(bytes: string): (offset: number) => Place {
  const starts = [0];
  for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", end + 1)) starts.push(end + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const before = bytes.slice(starts[low] ?? 0, offset);
    return { line: low + 1, column: Buffer.from(before, "latin1").toString("utf8").length + 1 };
  };
}
