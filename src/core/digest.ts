/**
 * A short digest for telling whether two texts differ: FNV-1a over UTF-16 code units, twice with different
 * offsets, as 16 hex digits. For noticing changes only; nobody who wants a collision is kept from finding one.
 */
export function digestOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0xcbf29ce4;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ (unit + i), 0x01000193);
  }
  return hex(a) + hex(b);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
