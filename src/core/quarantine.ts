/** Malformed lines kept to look at, for each source: the last ones. */
export const QUARANTINE_ROWS = 100;

/**
 * Of each of them this much is kept, in UTF-8, so that a source's quarantine takes 1.6 MiB at most. A bound over all
 * of them together would have to know the others' lengths to take in one.
 */
export const QUARANTINE_LINE_BYTES = 16 * 1024;

/** The slot of a source's nth malformed line, counted from 1. */
export function quarantineSlot(ordinal: number): number {
  return (ordinal - 1) % QUARANTINE_ROWS;
}

/** Which malformed line stands in a slot, where there were so many in all; null: none does. */
export function ordinalInSlot(slot: number, malformed: number): number | null {
  const ordinal = malformed - ((malformed - 1 - slot) % QUARANTINE_ROWS);
  return slot < malformed && slot < QUARANTINE_ROWS ? ordinal : null;
}

const encoder = new TextEncoder();
const room = new Uint8Array(QUARANTINE_LINE_BYTES);

/** As much of a line's beginning as is kept, to a whole character. */
export function keptOfLine(line: string): string {
  // Nothing takes more than three bytes for each unit.
  if (line.length * 3 <= QUARANTINE_LINE_BYTES) return line;
  return line.slice(0, encoder.encodeInto(line, room).read);
}
