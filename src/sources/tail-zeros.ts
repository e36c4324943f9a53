/**
 * A power cut may leave zeros where the last lines before it should stand, and a network file system where they are
 * still to come. No alert holds one, so they part lines as newlines do.
 */

/** How much of what was read is there for good: zeros at the end of a file may be filled in later. */
export function bytesWithoutZerosBehind(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && bytes[last - 1] === 0) last -= 1;
  return last - start;
}

/** What stands between the zeros. */
export function* betweenZeros(bytes: Buffer, start: number, end: number): Generator<readonly [number, number]> {
  const within = bytes.subarray(0, end);
  let from = start;
  while (from < end) {
    if (within[from] === 0) {
      from += 1;
      continue;
    }
    const zero = within.indexOf(0, from);
    const to = zero === -1 ? end : zero;
    yield [from, to];
    from = to;
  }
}
