// As much of POSIX ustar as an export takes: plain files, with names of less than a hundred bytes.
const BLOCK = 512;

export interface TarFile {
  readonly name: string;
  readonly content: Buffer;
}

/** One file of an archive, with its padding. */
export function tarEntry({ name, content }: TarFile, atMs: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, chars: number): string => value.toString(8).padStart(chars - 1, "0") + "\0";
  const put = (text: string, at: number): void => void header.write(text, at, "latin1");
  if (Buffer.byteLength(name) >= 100) throw new Error(`${name} is too long a name for an archive`);
  header.write(name, 0, "utf8");
  put(octal(name.endsWith(".sh") ? 0o755 : 0o644, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(content.length, 12), 124);
  put(octal(Math.floor(atMs / 1_000), 12), 136);
  put("        ", 148);
  put("0", 156);
  put("ustar\u000000", 257);
  put(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

export const TAR_END = Buffer.alloc(2 * BLOCK);

/** The files of an archive; null: it is none, or not whole. */
export function readTar(bytes: Buffer): readonly TarFile[] | null {
  const files: TarFile[] = [];
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const text = (from: number, to: number): string => header.toString("utf8", from, to).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 136), 8);
    const begins = at + BLOCK;
    if (text(257, 262) !== "ustar" || !Number.isSafeInteger(size) || begins + size > bytes.length) return null;
    // Whoever packed the folder himself has its folders in it as well.
    if (["0", ""].includes(text(156, 157))) {
      files.push({ name: text(0, 100).replace(/^\.\//, ""), content: bytes.subarray(begins, begins + size) });
    }
    at = begins + Math.ceil(size / BLOCK) * BLOCK;
  }
  return null;
}
