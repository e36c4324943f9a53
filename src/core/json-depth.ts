/** Whether a JSON text may be nested deeper than `most` levels: by its brackets alone, those within texts among them. */
export function mayBeDeeper(line: string, most: number): boolean {
  let opened = 0;
  for (const bracket of ["{", "["]) {
    for (let at = line.indexOf(bracket); at !== -1; at = line.indexOf(bracket, at + 1)) {
      opened += 1;
      if (opened > most) return true;
    }
  }
  return false;
}
