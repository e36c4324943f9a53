import { createGunzip, type Gunzip } from "node:zlib";
import type { OpenFile } from "./files.ts";
import type { Unpack, Unpacking, UnpackEnding, UnpackOptions } from "./unpack.ts";

/** Unpacks on zlib's own threads, so that a gigabyte that is skipped holds nobody up. */
export const gunzip: Unpack = (packed, options) => new Gunzipping(packed, options);

/** Fed at a time. Deflate makes at most 1,032 times as much of it, and of alerts about fifteen times. */
const PIECE_BYTES = 16 * 1024;
/** What zlib made of a piece is lost when it finds the piece wrong: of one byte that is nothing. */
const FINE_PIECE_BYTES = 1;
/** No more is fed while this much waits to be read. */
const AHEAD_BYTES = 256 * 1024;
class Gunzipping implements Unpacking {
  readonly #packed: OpenFile;
  readonly #packedBytes: number;
  readonly #ready: () => void;
  #gunzip: Gunzip;
  #fedBytes = 0;
  /** From here on it is fed byte by byte; null: no piece was found wrong yet. */
  #fineFromBytes: number | null = null;
  #pieceAtBytes = 0;
  #isFeeding = false;
  #isEnded = false;
  /** Came out and not yet read; of the first one `#taken` bytes are. */
  #out: Buffer[] = [];
  #outBytes = 0;
  #taken = 0;
  #allBytes = 0;
  #toSkip: number;
  #isHungry = false;
  #ending: UnpackEnding | null = null;
  #failure: Error | null = null;

  constructor(packed: OpenFile, { fromBytes, ready }: UnpackOptions) {
    this.#packed = packed;
    this.#packedBytes = packed.stat().sizeBytes;
    this.#toSkip = fromBytes;
    this.#ready = ready;
    this.#gunzip = this.#begin();
    this.#feed();
  }

  #begin(): Gunzip {
    const gunzip = createGunzip({ chunkSize: 64 * 1024 });
    gunzip.on("data", (bytes: Buffer) => this.#cameOut(bytes));
    gunzip.on("end", () => this.#ends({ kind: "whole", bytes: this.#allBytes }));
    gunzip.on("error", (error) => this.#failed(error.message));
    return gunzip;
  }

  /** Once more from the start, up to the very byte that is wrong. */
  #failed(why: string): void {
    if (this.#isEnded) return;
    const isCutOff = this.#fedBytes === this.#pieceAtBytes;
    if (isCutOff || this.#fineFromBytes !== null) return this.#ends({ kind: "damaged", why });
    this.#fineFromBytes = this.#pieceAtBytes;
    this.#toSkip += this.#allBytes;
    this.#fedBytes = this.#pieceAtBytes = this.#allBytes = 0;
    this.#isFeeding = false;
    this.#gunzip = this.#begin();
    this.#feed();
  }

  read(into: Uint8Array, offset: number, length: number): number {
    let got = 0;
    while (got < length) {
      const [first] = this.#out;
      if (first === undefined) break;
      const bytes = Math.min(length - got, first.length - this.#taken);
      into.set(first.subarray(this.#taken, this.#taken + bytes), offset + got);
      got += bytes;
      this.#taken += bytes;
      if (this.#taken < first.length) break;
      this.#out.shift();
      this.#taken = 0;
    }
    this.#outBytes -= got;
    this.#isHungry = got < length;
    this.#feed();
    return got;
  }

  ending(): UnpackEnding | null {
    if (this.#failure !== null && this.#out.length === 0) throw this.#failure;
    return this.#out.length === 0 ? this.#ending : null;
  }

  packedBytesLeft(): number {
    return this.#packedBytes - this.#fedBytes;
  }

  close(): void {
    this.#isEnded = true;
    this.#out = [];
    this.#gunzip.destroy();
  }

  /** One piece at a time: the next only once all that came of this one is out. */
  #feed(): void {
    if (this.#isFeeding || this.#isEnded || this.#outBytes >= AHEAD_BYTES) return;
    const piece = this.#nextPiece();
    if (piece === null) return;
    this.#isFeeding = true;
    if (piece.length === 0) {
      this.#gunzip.end();
      return;
    }
    const gunzip = this.#gunzip;
    gunzip.write(piece, (error) => {
      if (gunzip !== this.#gunzip) return;
      this.#isFeeding = false;
      if (error === null || error === undefined) this.#feed();
    });
  }

  /** Empty at the end, null where the disk refuses. */
  #nextPiece(): Buffer | null {
    const fineFrom = this.#fineFromBytes ?? Infinity;
    const most = this.#fedBytes < fineFrom ? Math.min(PIECE_BYTES, fineFrom - this.#fedBytes) : FINE_PIECE_BYTES;
    const piece = Buffer.allocUnsafe(Math.min(most, this.#packedBytes - this.#fedBytes));
    this.#pieceAtBytes = this.#fedBytes;
    try {
      const got = this.#packed.read(piece, 0, piece.length, this.#fedBytes);
      this.#fedBytes += got;
      return piece.subarray(0, got);
    } catch (error) {
      this.#failure = error as Error;
      this.#ends(null);
      return null;
    }
  }

  #cameOut(bytes: Buffer): void {
    if (this.#isEnded) return;
    this.#allBytes += bytes.length;
    const skipped = Math.min(this.#toSkip, bytes.length);
    this.#toSkip -= skipped;
    if (skipped === bytes.length) return;
    this.#out.push(bytes.subarray(skipped));
    this.#outBytes += bytes.length - skipped;
    this.#tell();
  }

  #ends(ending: UnpackEnding | null): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#ending = ending;
    this.#tell();
  }

  #tell(): void {
    if (!this.#isHungry) return;
    this.#isHungry = false;
    this.#ready();
  }
}
