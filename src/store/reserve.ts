import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** What a full disk still has room for: the outcomes of all calls that can be in flight, in one commit. */
export const RESERVE_BYTES = 1024 * 1024;
/** It is only laid aside again when there is so much room: else it would be the one to fill the disk. */
const ROOM_BYTES = 16 * RESERVE_BYTES;
/** At the start a smaller one is taken for good: without a reserve it runs all the same. */
const ROOM_AT_START_BYTES = 2 * RESERVE_BYTES;

/**
 * A file beside the database that does nothing but take up room. On a full disk it is given up, once, for what must
 * not be lost: what came of calls that were already made.
 */
export class Reserve {
  readonly #path: string;
  #isSpent = false;

  constructor(databasePath: string) {
    this.#path = `${databasePath}.reserve`;
    if (!this.#isThere() && freeBytes(this.#path) >= ROOM_AT_START_BYTES) this.#lay();
  }

  /** It was given up, and the disk has not had room for it since. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Makes its room free; false: there was none to make. */
  spend(): boolean {
    if (this.#isSpent || !this.#isThere()) return false;
    rmSync(this.#path);
    this.#isSpent = true;
    return true;
  }

  /** Lays it aside again once there is room for it and for more. */
  restore(): void {
    if (!this.#isSpent || freeBytes(this.#path) < ROOM_BYTES) return;
    this.#lay();
    this.#isSpent = false;
  }

  #isThere(): boolean {
    return (statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) >= RESERVE_BYTES;
  }

  #lay(): void {
    const file = openSync(this.#path, "w", 0o600);
    try {
      // Written and not only promised: a file with holes takes up no room.
      writeSync(file, Buffer.alloc(RESERVE_BYTES, 0x5a));
      fsyncSync(file);
    } catch (error) {
      rmSync(this.#path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  }
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}
