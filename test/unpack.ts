import { constants, gunzipSync } from "node:zlib";
import type { Clock } from "../src/ports/clock.ts";
import type { OpenFile } from "../src/ports/files.ts";
import type { Unpack, UnpackEnding } from "../src/ports/unpack.ts";

/** Unpacks by a clock of the test's own: so many bytes come out at a time, each a millisecond after the last. */
export function createTestUnpack(clock: Clock, bytesATime = 4_096): Unpack {
  return (packed, { fromBytes, ready }) => {
    const { bytes, ending } = unpackAll(packed);
    const packedBytes = packed.stat().sizeBytes;
    let isClosed = false;
    let out = 0;
    let at = fromBytes;
    let isHungry = false;
    function comeOut(): void {
      if (isClosed || out === bytes.length) return;
      out = Math.min(bytes.length, out + bytesATime);
      if (isHungry && (out > at || out === bytes.length)) {
        isHungry = false;
        ready();
      }
      clock.after(1, comeOut);
    }
    clock.after(1, comeOut);
    return {
      read(into, offset, length) {
        const got = Math.max(0, Math.min(length, out - at));
        into.set(bytes.subarray(at, at + got), offset);
        at += got;
        isHungry = got < length;
        return got;
      },
      ending: () => (out === bytes.length && at >= out ? ending : null),
      packedBytesLeft: () => (out === bytes.length ? 0 : packedBytes),
      close() {
        isClosed = true;
      },
    };
  };
}

function unpackAll(packed: OpenFile): { readonly bytes: Buffer; readonly ending: UnpackEnding } {
  const size = packed.stat().sizeBytes;
  const file = Buffer.alloc(size);
  packed.read(file, 0, size, 0);
  try {
    const bytes = gunzipSync(file);
    return { bytes, ending: { kind: "whole", bytes: bytes.length } };
  } catch (error) {
    return { bytes: soundPart(file), ending: { kind: "damaged", why: (error as Error).message } };
  }
}

/** Of a file that is cut off, or whose checksum is wrong. */
function soundPart(file: Buffer): Buffer {
  try {
    const trailer = 8;
    return gunzipSync(file.subarray(0, -trailer), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
}
