/** In UTF-8: what makes a thing itself stands in an index, which takes no more than some thousand bytes. */
const IDENTITY_BYTES = 255;

/** Text that a row gives back as it was put in: a NUL would end it there, half a surrogate pair would change. */
export function storable(text: string): string {
  if (text.length <= IDENTITY_BYTES && PRINTABLE.test(text)) return text;
  return cutToBytes(text.slice(0, IDENTITY_BYTES).toWellFormed().replaceAll(CONTROL, "\ufffd"), IDENTITY_BYTES);
}

/** Whole characters only. */
function cutToBytes(text: string, most: number): string {
  let bytes = 0;
  let cut = "";
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    cut += character;
  }
  return cut;
}

const PRINTABLE = /^[ -~]*$/;
const CONTROL = /[\u0000-\u001f\u007f]/g;
