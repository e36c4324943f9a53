import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Compression } from "./settings.ts";

/** What goes over the wire of some lines. */
export interface Packed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** Refused at the edge since the last batch that was answered. */
export interface Refusals {
  readonly ignored: number;
  readonly malformed: number;
}

export interface Load {
  readonly lines: readonly string[];
  readonly refusals: Refusals;
  /** How far everything is read and, with these lines, sent; null: that is not the end of what there is. */
  readonly readTo: string | null;
}

/** Below that packing costs more time than it spares bytes. */
const WORTH_PACKING_BYTES = 1_024;

export function pack({ lines, refusals, readTo }: Load, compress: Compression): Packed {
  const plain = lines.length === 0 ? null : Buffer.from(`${lines.join("\n")}\n`);
  const isPacked = compress !== "off" && plain !== null && plain.length >= WORTH_PACKING_BYTES;
  return {
    headers: {
      ...(refusals.ignored > 0 && { "riposte-ignored": String(refusals.ignored) }),
      ...(refusals.malformed > 0 && { "riposte-malformed": String(refusals.malformed) }),
      ...(readTo !== null && { "riposte-read-to": readTo }),
      ...(isPacked && { "content-encoding": compress }),
    },
    // At once rather than on zlib's threads: a mebibyte takes a few milliseconds, and each thread keeps memory of its own.
    body: isPacked ? (compress === "gzip" ? gzipSync(plain, { level: 1 }) : zstdCompressSync(plain)) : plain,
  };
}
