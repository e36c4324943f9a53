import type { Instant } from "../../core/time.ts";
import { diskFiles } from "../../ports/disk-files.ts";
import type { OpenFailure } from "../../ports/files.ts";
import { gunzip } from "../../ports/gunzip.ts";
import type { Unpacking } from "../../ports/unpack.ts";
import { Lines, type LineTaker } from "../../sources/tail-lines.ts";
import { TAIL_LIMITS } from "../../sources/tail-options.ts";
import { stampOf } from "../../sources/tail-stamp.ts";

/** A file of alerts that is read once, from its beginning to its end. */
export interface AlertFile {
  readonly kind: "open";
  /** How much of the file, as it lies on the disk, was taken. */
  readonly takenBytes: number;
  /** Why not all of it could be read; null: nothing is known to be missing. */
  readonly damage: string | null;
  /** Hands what was read of it to the taker, until that has had enough or has to be asked again; false at the end. */
  take(taker: LineTaker): Promise<boolean>;
  /** Of the first lines; null where none of them has one. They are taken by that. */
  firstStamp(): Promise<Instant | null>;
  close(): void;
}

export function openAlertFile(path: string): AlertFile | OpenFailure {
  const open = diskFiles.open(path);
  if (open.kind !== "open") return open;
  return path.endsWith(".gz") ? new PackedFile(open) : new PlainFile(open);
}

type Open = Exclude<ReturnType<typeof diskFiles.open>, OpenFailure>;

abstract class ReadFile implements AlertFile {
  readonly kind = "open";
  damage: string | null = null;
  protected readonly open: Open;
  readonly #lines = new Lines(TAIL_LIMITS);
  #isAtEnd = false;
  #hasMoreLines = false;

  constructor(open: Open) {
    this.open = open;
  }

  abstract get takenBytes(): number;
  protected abstract read(into: Buffer, offset: number, length: number, position: number): number;
  /** After a read that brought nothing: resolves to true once there is more, to false at the end. */
  protected abstract isMore(): Promise<boolean>;

  async take(taker: LineTaker): Promise<boolean> {
    const lines = this.#lines;
    if (!this.#hasMoreLines && !this.#isAtEnd) this.#isAtEnd = !(await this.#fill());
    this.#hasMoreLines = !lines.take(taker);
    if (this.#hasMoreLines || !this.#isAtEnd) return true;
    lines.takeRest(taker);
    return false;
  }

  async firstStamp(): Promise<Instant | null> {
    let stamp: Instant | null = null;
    const look = (bytes: Buffer, start: number): boolean => {
      stamp ??= stampOf(bytes, start);
      return stamp === null;
    };
    await this.take({ line: look, tooLong: look });
    return stamp;
  }

  close(): void {
    this.open.close();
  }

  /** What the disk refuses in the middle of a file is told, and what came before it counts. */
  async #fill(): Promise<boolean> {
    let got = 0;
    const read = (into: Buffer, ...where: [number, number, number]): number => (got = this.read(into, ...where));
    try {
      do this.#lines.fill(read);
      while (got === 0 && (await this.isMore()));
    } catch (error) {
      this.damage = `can't be read on (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`;
    }
    return got > 0;
  }
}

class PlainFile extends ReadFile {
  #taken = 0;

  override get takenBytes(): number {
    return this.#taken;
  }

  protected override read(into: Buffer, offset: number, length: number, position: number): number {
    const got = this.open.read(into, offset, length, position);
    this.#taken = position + got;
    return got;
  }

  protected override isMore(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

class PackedFile extends ReadFile {
  readonly #unpacking: Unpacking;
  readonly #sizeBytes: number;
  #cameOut: () => void = () => {};
  #somethingCameOut: Promise<void> = Promise.resolve();

  constructor(open: Open) {
    super(open);
    this.#sizeBytes = open.stat().sizeBytes;
    this.#unpacking = gunzip(open, { fromBytes: 0, ready: () => this.#cameOut() });
  }

  override get takenBytes(): number {
    return this.#sizeBytes - this.#unpacking.packedBytesLeft();
  }

  protected override read(into: Buffer, offset: number, length: number): number {
    // Whoever is told that something came out must be waiting before it is read.
    this.#somethingCameOut = new Promise((resolve) => (this.#cameOut = resolve));
    return this.#unpacking.read(into, offset, length);
  }

  protected override async isMore(): Promise<boolean> {
    const ending = this.#unpacking.ending();
    if (ending === null) {
      await this.#somethingCameOut;
      return true;
    }
    if (ending.kind === "damaged") this.damage = `is damaged or cut off (${ending.why})`;
    return false;
  }

  override close(): void {
    this.#unpacking.close();
    super.close();
  }
}
