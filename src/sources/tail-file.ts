import type { OpenFile } from "../ports/files.ts";
import {
  beginsWith,
  HEAD_BYTES,
  isMarked,
  MARK_BYTES,
  plainStart,
  readHead,
  type FileIdentity,
} from "./tail-identity.ts";
import type { Lines } from "./tail-lines.ts";
import type { Opened } from "./tail-open.ts";
import { bytesWithoutZerosBehind } from "./tail-zeros.ts";

/** The file that a tail has open. What the disk refuses is thrown. */
export interface TailFile {
  readonly path: string;
  readonly identity: FileIdentity;
  /** More comes by itself, and is told of; until then there is nothing to read. */
  readonly waits: boolean;
  /** What stands behind this place; null where the disk won't say. Of what is packed, as it lies on the disk. */
  bytesAfter(offsetBytes: number): number | null;
  /** Whether what was read up to now is no longer what stands there. */
  isWrittenAnew(lines: Lines): boolean;
  /** Reads once; whether there may be more to read. */
  fill(lines: Lines): boolean;
  /** Why a part of it can't be had; null: nothing is known against it, or it was told before. */
  damage(): string | null;
  /** A file that was short when it was opened, or is filled anew, is known by what stands in it now. */
  knowHead(): void;
  close(): void;
}

/** A file that is read as it lies there, and may grow. */
export class PlainFile implements TailFile {
  readonly waits = false;
  readonly path: string;
  readonly #handle: OpenFile;
  /** For what is read again at each look, of which there are up to a hundred a second. */
  readonly #again = Buffer.allocUnsafeSlow(MARK_BYTES);
  #identity: FileIdentity;

  constructor(opened: Opened) {
    this.path = opened.path;
    this.#handle = opened.handle;
    this.#identity = opened.identity;
  }

  get identity(): FileIdentity {
    return this.#identity;
  }

  bytesAfter(offsetBytes: number): number | null {
    try {
      return this.#sizeBytes() - offsetBytes;
    } catch {
      return null;
    }
  }

  isWrittenAnew(lines: Lines): boolean {
    const { readAtBytes, lastBytes } = lines;
    if (this.#sizeBytes() < readAtBytes || !this.#stand(lastBytes, readAtBytes)) return true;
    // Of a file that was written anew so much would not stand there still.
    if (lastBytes.length === MARK_BYTES) return false;
    if (!beginsWith(plainStart(this.#handle), this.#identity.head)) return true;
    return !isMarked(this.#handle, lines.offsetBytes, lines.mark);
  }

  #stand(bytes: Buffer, endBytes: number): boolean {
    if (bytes.length === 0) return true;
    const now = this.#again.subarray(0, bytes.length);
    return this.#handle.read(now, 0, now.length, endBytes - now.length) === now.length && now.equals(bytes);
  }

  fill(lines: Lines): boolean {
    const before = lines.readAtBytes;
    const mayBeMore = lines.fill((into, offset, length, position) => {
      const got = this.#handle.read(into, offset, length, position);
      return got === length ? got : bytesWithoutZerosBehind(into, offset, offset + got);
    });
    if (this.#identity.head.bytes < HEAD_BYTES && lines.readAtBytes > before) this.knowHead();
    return mayBeMore;
  }

  damage(): null {
    return null;
  }

  knowHead(): void {
    this.#identity = { ...this.#identity, head: readHead(plainStart(this.#handle)) };
  }

  close(): void {
    this.#handle.close();
  }

  #sizeBytes(): number {
    return this.#handle.stat().sizeBytes;
  }
}
