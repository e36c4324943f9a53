import { constants, gunzipSync } from "node:zlib";
import type { OpenFile } from "../ports/files.ts";
import type { Unpack, Unpacking } from "../ports/unpack.ts";
import { PlainFile, type TailFile } from "./tail-file.ts";
import type { FileIdentity, FirstBytes } from "./tail-identity.ts";
import type { Lines } from "./tail-lines.ts";
import type { Opened } from "./tail-open.ts";

/** `ready`: more came out of it, and the last `fill` had room for that. */
export function fileToRead(opened: Opened, unpack: Unpack, ready: () => void): TailFile {
  return opened.packed ? new PackedFile(opened, unpack, ready) : new PlainFile(opened);
}

/** A dated file that Wazuh has packed: what is read, and every offset, is of what came out of it. It never grows. */
class PackedFile implements TailFile {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly #handle: OpenFile;
  readonly #unpack: Unpack;
  readonly #ready: () => void;
  #unpacking: Unpacking | null = null;
  #atBytes = 0;
  #waits = false;
  #isDamageTold = false;

  constructor({ path, handle, identity }: Opened, unpack: Unpack, ready: () => void) {
    this.path = path;
    this.identity = identity;
    this.#handle = handle;
    this.#unpack = unpack;
    this.#ready = ready;
  }

  get waits(): boolean {
    return this.#waits;
  }

  bytesAfter(offsetBytes: number): number {
    return (this.#unpacking?.packedBytesLeft() ?? 0) + (this.#atBytes - offsetBytes);
  }

  /** Less came out of it than was read while it was not packed. */
  isWrittenAnew({ readAtBytes }: Lines): boolean {
    const ending = this.#unpacking?.ending();
    return ending?.kind === "whole" && ending.bytes < readAtBytes;
  }

  fill(lines: Lines): boolean {
    const unpacking = this.#unpackingAt(lines.readAtBytes);
    const isFull = lines.fill((into, offset, length) => unpacking.read(into, offset, length));
    this.#atBytes = lines.readAtBytes;
    const isOver = unpacking.ending() !== null;
    this.#waits = !isFull && !isOver;
    return isFull || !isOver;
  }

  damage(): string | null {
    const ending = this.#unpacking?.ending();
    if (ending?.kind !== "damaged" || this.#isDamageTold) return null;
    this.#isDamageTold = true;
    return ending.why;
  }

  /** It was known in full when it was opened. */
  knowHead(): void {}

  close(): void {
    this.#unpacking?.close();
    this.#handle.close();
  }

  /** There is no way back in what comes out: another place than the next one is looked for from the start. */
  #unpackingAt(position: number): Unpacking {
    if (this.#unpacking !== null && this.#atBytes === position) return this.#unpacking;
    this.#unpacking?.close();
    this.#atBytes = position;
    return (this.#unpacking = this.#unpack(this.#handle, { fromBytes: position, ready: this.#ready }));
  }
}

/** Enough for the first lines, and for a long name in gzip's own header. */
const PIECE_BYTES = [4 * 1024, 64 * 1024];

/** The first bytes of what is packed; fewer where it is damaged before. */
export function packedStart(handle: OpenFile): FirstBytes {
  return (most) => {
    let start: Buffer = Buffer.alloc(0);
    for (const size of PIECE_BYTES) {
      const piece = Buffer.alloc(size);
      const got = handle.read(piece, 0, size, 0);
      start = unpackedPiece(piece.subarray(0, got)).subarray(0, most);
      if (start.length === most || got < size) break;
    }
    return start;
  };
}

function unpackedPiece(piece: Buffer): Buffer {
  try {
    // Without this flush a piece would be a file that is cut off.
    return gunzipSync(piece, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}
