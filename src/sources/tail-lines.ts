import { markOf, MARK_BYTES, type FileHead } from "./tail-identity.ts";
import { betweenZeros } from "./tail-zeros.ts";

const NEWLINE = 10;
const RETURN = 13;
/** Behind a place where reading begins anew, so much is searched for zeros: looking everywhere costs a quarter. */
const SEARCHED_FOR_ZEROS_BYTES = 16 * 1_024 * 1_024;

export interface LineLimits {
  /** Read at a time, and so the bytes of one turn. */
  readonly chunkBytes: number;
  /** A longer line is skipped. Without its line end. */
  readonly lineBytes: number;
}

export interface LineTaker {
  /** One line, without its line end. False: no more for now. The bytes are overwritten later. */
  line(bytes: Buffer, start: number, end: number): boolean;
  /** The beginning of a line that is longer than the limit; the rest never comes. */
  tooLong(bytes: Buffer, start: number, end: number): void;
}

/**
 * Turns what is read of a file into lines, through one buffer that is used again and again: it holds the bytes from
 * `#start` to `#end`, of which the first belongs at `offsetBytes` of the file.
 */
export class Lines {
  readonly #limits: LineLimits;
  #buffer: Buffer;
  #start = 0;
  #end = 0;
  /** Up to here there is no newline, so that a line that comes in many pieces is searched once. */
  #searched = 0;
  #offsetBytes = 0;
  #skipping = false;
  /** There may be zeros among the bytes. */
  #hasZeros = false;
  #searchZerosBytes = 0;
  readonly #before = Buffer.alloc(MARK_BYTES);
  #beforeBytes = 0;
  #mark: FileHead | null = null;

  constructor(limits: LineLimits) {
    this.#limits = limits;
    this.#buffer = Buffer.allocUnsafeSlow(limits.chunkBytes);
  }

  /** Where in the file the next line begins. */
  get offsetBytes(): number {
    return this.#offsetBytes;
  }
  /** Where in the file to read on. */
  get readAtBytes(): number {
    return this.#offsetBytes + (this.#end - this.#start);
  }
  get skipping(): boolean {
    return this.#skipping;
  }

  /** What stands just before `offsetBytes`; null where nothing does. */
  get mark(): FileHead | null {
    return (this.#mark ??= this.#beforeBytes === 0 ? null : markOf(this.#before.subarray(0, this.#beforeBytes)));
  }
  /** The last of what was read, as far as it is still here. */
  get lastBytes(): Buffer {
    return this.#buffer.subarray(Math.max(0, this.#end - MARK_BYTES), this.#end);
  }

  reset(offsetBytes: number, skipping: boolean, mark: FileHead | null = null): void {
    this.#start = this.#end = this.#searched = 0;
    this.#offsetBytes = offsetBytes;
    this.#skipping = skipping;
    this.#hasZeros = false;
    this.#searchZerosBytes = offsetBytes === 0 ? 0 : SEARCHED_FOR_ZEROS_BYTES;
    this.#beforeBytes = 0;
    this.#mark = mark;
  }

  /** Reads once; whether there may be more to read. */
  fill(read: (into: Buffer, offset: number, length: number, position: number) => number): boolean {
    this.#makeRoom();
    const room = this.#buffer.length - this.#end;
    const got = read(this.#buffer, this.#end, room, this.readAtBytes);
    this.#end += got;
    this.#lookForZeros(this.#buffer.subarray(this.#end - got, this.#end));
    return got === room;
  }

  /** Takes the complete lines; false where the taker stopped and some may be left. */
  take(taker: LineTaker): boolean {
    // Beyond `#end` lie old bytes, and old newlines among them.
    const bytes = this.#buffer.subarray(0, this.#end);
    if (this.#skipping && !this.#skipTo(bytes.indexOf(NEWLINE, this.#start))) return true;
    const hasZeros = this.#hasZeros;
    let start = this.#start;
    let goesOn = true;
    let newline = bytes.indexOf(NEWLINE, Math.max(start, this.#searched));
    while (newline !== -1) {
      goesOn = hasZeros
        ? this.#handBetweenZeros(taker, bytes, start, newline)
        : this.#hand(taker, bytes, start, newline);
      start = newline + 1;
      if (!goesOn) break;
      newline = bytes.indexOf(NEWLINE, start);
    }
    this.#goTo(start);
    if (!goesOn) {
      this.#searched = start;
      return false;
    }
    this.#searched = this.#end;
    // One more than the limit may still be the carriage return of a line that is just short enough.
    if (this.#end - this.#start > this.#limits.lineBytes + 1) this.#handZeros(taker, bytes);
    if (this.#end - this.#start > this.#limits.lineBytes + 1) {
      taker.tooLong(bytes, this.#start, this.#end);
      this.#skipTo(-1);
    }
    return true;
  }

  /** What stands after the last newline of a file that has come to its end is a line too. */
  takeRest(taker: LineTaker): void {
    if (!this.#skipping && this.#end > this.#start)
      this.#handBetweenZeros(taker, this.#buffer.subarray(0, this.#end), this.#start, this.#end);
    this.reset(this.readAtBytes, false);
  }

  /** What was too long may be short enough lines with zeros between them. */
  #handZeros(taker: LineTaker, bytes: Buffer): void {
    const last = this.#hasZeros ? bytes.lastIndexOf(0) : -1;
    if (last < this.#start) return;
    this.#handBetweenZeros(taker, bytes, this.#start, last);
    this.#goTo(last + 1);
  }

  #handBetweenZeros(taker: LineTaker, bytes: Buffer, start: number, newline: number): boolean {
    if (start === newline) return this.#hand(taker, bytes, start, newline);
    let goesOn = true;
    for (const [from, to] of betweenZeros(bytes, start, newline)) {
      goesOn = this.#hand(taker, bytes, from, to) && goesOn;
    }
    return goesOn;
  }

  #hand(taker: LineTaker, bytes: Buffer, start: number, newline: number): boolean {
    const end = newline > start && bytes[newline - 1] === RETURN ? newline - 1 : newline;
    if (end - start <= this.#limits.lineBytes) return taker.line(bytes, start, end);
    taker.tooLong(bytes, start, end);
    return true;
  }

  /** Drops what belongs to the line that is skipped; whether its end was there. */
  #skipTo(newline: number): boolean {
    const start = newline === -1 ? this.#end : newline + 1;
    this.#goTo(start);
    this.#searched = start;
    this.#skipping = newline === -1;
    return newline !== -1;
  }

  #goTo(start: number): void {
    if (start === this.#start) return;
    this.#offsetBytes += start - this.#start;
    this.#start = start;
    this.#beforeBytes = this.#buffer.copy(this.#before, 0, Math.max(0, start - MARK_BYTES), start);
    this.#mark = null;
  }

  #lookForZeros(bytes: Buffer): void {
    const isSearched = this.#searchZerosBytes > 0 || bytes[0] === 0 || bytes.at(-1) === 0;
    this.#searchZerosBytes -= bytes.length;
    if (isSearched && bytes.includes(0)) this.#hasZeros = true;
  }

  #makeRoom(): void {
    const { chunkBytes, lineBytes } = this.#limits;
    const held = this.#end - this.#start;
    if (held === 0) this.#hasZeros = false;
    // With one byte for the line end and one that proves a line too long.
    const largest = Math.max(chunkBytes, lineBytes + 2);
    if (held === this.#buffer.length) {
      this.#move(Buffer.allocUnsafeSlow(Math.min(2 * held, largest)));
    } else if (this.#buffer.length > chunkBytes && 2 * held <= chunkBytes) {
      this.#move(Buffer.allocUnsafeSlow(chunkBytes));
    } else if (this.#start > 0) {
      this.#move(this.#buffer);
    }
  }

  #move(to: Buffer): void {
    this.#buffer.copy(to, 0, this.#start, this.#end);
    this.#searched = Math.max(0, this.#searched - this.#start);
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = to;
  }
}
