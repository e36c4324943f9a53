import { head, plainText } from "../core/plain-text.ts";

/** So much is shown from the start, and so much from the end. */
const SHOWN_BYTES = 1_024;
const STAND_IN = "[secret]";

/** What of a program's output is worth keeping: how it began and how it ended, without what nobody may see. */
export class KeptOutput {
  readonly #hidden: RegExp | null;
  /** What may stand at a cut is part of a hidden text, so that much more is taken in and then left out. */
  readonly #marginBytes: number;
  #first: Buffer[] = [];
  #firstBytes = 0;
  #last: Buffer[] = [];
  #lastBytes = 0;
  #bytes = 0;

  constructor(hide: readonly string[]) {
    const texts = [...new Set(hide)].filter((text) => text !== "").toSorted((a, b) => b.length - a.length);
    this.#hidden = texts.length === 0 ? null : new RegExp(texts.map((text) => RegExp.escape(text)).join("|"), "giu");
    this.#marginBytes = Math.max(0, ...texts.map((text) => Buffer.byteLength(text)));
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const most = SHOWN_BYTES + this.#marginBytes;
    const room = most - this.#firstBytes;
    if (room > 0) {
      const taken = chunk.subarray(0, room);
      this.#first.push(Buffer.from(taken));
      this.#firstBytes += taken.length;
    }
    const rest = chunk.subarray(Math.max(0, room));
    if (rest.length === 0) return;
    this.#last.push(Buffer.from(rest.subarray(-most)));
    this.#lastBytes += Math.min(rest.length, most);
    // Many small pieces are joined now and then, so that a dripping program costs no more than a pouring one.
    if (this.#lastBytes <= 2 * most && this.#last.length <= 64) return;
    const joined = Buffer.from(Buffer.concat(this.#last).subarray(-most));
    this.#last = [joined];
    this.#lastBytes = joined.length;
  }

  /** On lines as it was written, cut in its middle with a note. */
  text(): string {
    const first = Buffer.concat(this.#first);
    const last = Buffer.concat(this.#last).subarray(-(SHOWN_BYTES + this.#marginBytes));
    if (first.length + last.length === this.#bytes) {
      const whole = this.#shown(Buffer.concat([first, last]).toString());
      return whole.length <= 2 * SHOWN_BYTES ? whole : this.#cut(whole, whole);
    }
    const begin = this.#hide(first.toString());
    const end = this.#hide(last.toString());
    return this.#cut(
      this.#shown(begin.slice(0, Math.max(0, begin.length - this.#marginBytes))),
      this.#shown(end.slice(this.#marginBytes)),
    );
  }

  #cut(begin: string, end: string): string {
    const note = `[… ${this.#bytes} bytes in all …]`;
    return `${head(begin, SHOWN_BYTES)}\n${note}\n${end.slice(-SHOWN_BYTES).toWellFormed()}`;
  }

  /** Once more at the end: what was taken out of the middle of a secret must not save it. */
  #shown(text: string): string {
    return this.#hide(plainText(this.#hide(text))).trimEnd();
  }

  #hide(text: string): string {
    return this.#hidden === null ? text : text.replace(this.#hidden, STAND_IN);
  }
}
