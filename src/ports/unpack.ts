import type { OpenFile } from "./files.ts";

/** Unpacks a gzip file from its start, and hands out what comes out behind `fromBytes`. Does not close the file. */
export type Unpack = (packed: OpenFile, options: UnpackOptions) => Unpacking;

export interface UnpackOptions {
  readonly fromBytes: number;
  /** Something came out, or the end, after a `read` that found less than it had room for. */
  readonly ready: () => void;
}

/** What comes out, in order and never much further ahead than it is read. */
export interface Unpacking {
  /** Moves up to `length` bytes; 0: none are there now. */
  read(into: Uint8Array, offset: number, length: number): number;
  /**
   * Once everything that came out was read; null: there is more, or may be. Then what the operating system refuses of
   * the packed file is thrown as well.
   */
  ending(): UnpackEnding | null;
  /** How much of the packed file is not unpacked yet. */
  packedBytesLeft(): number;
  close(): void;
}

export type UnpackEnding =
  /** `bytes` is the length of all that was packed. */
  | { readonly kind: "whole"; readonly bytes: number }
  /** It is cut off, or is not what was packed. What came out before is what there is. */
  | { readonly kind: "damaged"; readonly why: string };
